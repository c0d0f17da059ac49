/** Masks telephone numbers for viewers without the right to see them. Pure; takes time in proportion to the text. */

/** Digits that are shown: the last ones, so that people can tell calls apart. */
const SHOWN_DIGITS = 2;
/** In a text, shorter runs of digits are not numbers. */
const FEWEST_DIGITS_IN_TEXT = 7;
/** Smaller numbers of JSON are not telephone numbers. */
const SMALLEST_NUMBER = 10 ** 6;
const MASK = '•';
/** Digits with at most three separators between them. The quantifier is bounded, so the time is too. */
const RUN = /\p{Nd}(?:[\s\p{Pd}.()/]{0,3}\p{Nd})*/gu;
const DIGIT = /\p{Nd}/gu;

const countDigits = (text: string): number => text.match(DIGIT)?.length ?? 0;

function maskDigits(text: string, shown: number): string {
  let left = countDigits(text) - shown;
  return text.replaceAll(DIGIT, (digit) => (left-- > 0 ? MASK : digit));
}

/** Masks all digits of an address but the last two; all of a short one. */
export const maskAddress = (address: string): string =>
  maskDigits(address, countDigits(address) > 2 * SHOWN_DIGITS ? SHOWN_DIGITS : 0);

/** Masks runs of seven and more digits. */
export const maskText = (text: string): string =>
  text.replaceAll(RUN, (run) =>
    countDigits(run) < FEWEST_DIGITS_IN_TEXT ? run : maskDigits(run, SHOWN_DIGITS),
  );

/** Masks numbers in the texts, names and numbers of a value, at any depth. */
export function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'number') return Math.abs(value) < SMALLEST_NUMBER ? value : maskText(String(value));
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [maskText(name), maskValue(field)]));
}

/** Returns whether a search text could be used to find out a number. */
export const mayFindNumber = (text: string): boolean => countDigits(text) >= 2 * SHOWN_DIGITS;
