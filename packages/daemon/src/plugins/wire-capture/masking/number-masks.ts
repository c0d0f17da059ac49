/**
 * Replaces telephone numbers. The last seven digits are replaced and the others stay, so a number has the same replacement in
 * every notation: `+1 415 867 5309`, `14158675309` and `(415) 867-5309`. The replacement of the digits is `555` and a counter, so
 * two numbers never become one.
 */

/** The digits that are replaced. Shorter numbers, such as extensions and short codes, are not. */
const REPLACED_DIGITS = 7;
/** The most digits of a number, with its country code. */
const MOST_DIGITS = 15;
/** Distinct endings with replacements of their own. Later ones share one. */
export const MAX_MASKED_NUMBERS = 9998;
const LAST = '5559999';
/** Ids that look like telephone numbers. Later ones are masked as such. */
const MAX_KEPT_IDS = 10_000;

/** A separator of digits, as a person or a provider writes it. */
const SEPARATOR = String.raw`(?:[ ().\-\u00A0\u2010-\u2015]|%20)`;
const INTERNATIONAL = String.raw`(?<![A-Za-z0-9+])(?:\+|%2[bB]|(?<!\d)00(?=[1-9]))${SEPARATOR}{0,2}\d(?:${SEPARATOR}{0,2}\d){6,14}(?!\d)`;
const ADDRESS = String.raw`(?<=\b(?:sips?|tel|callto|sms|whatsapp):(?://)?)(?:\+|%2[bB])?\d(?:${SEPARATOR}{0,2}\d){6,14}`;
const RUN = String.raw`(?<![A-Za-z0-9_.%+\-])\d{7,15}(?!-?[A-Za-z0-9_]|\.\d)`;
const SEPARATED = String.raw`(?<![\w.+\-/:])\(?\d{2,5}\)?(?:[ .\-]{1,2}\d{2,5}){1,4}(?![\w:/]|[.\-]\d)`;
const CANDIDATE = new RegExp(
  `(?<certain>${INTERNATIONAL}|${ADDRESS})|(?<run>${RUN})|(?<separated>${SEPARATED})`,
  'g',
);

/** A text that is a number as a whole: digits of any length, and what separates them. */
const WHOLE = /^\+?[\d\s().-]+$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const DATE = /^(?:\d{4}[-.]\d{2}[-.]\d{2}|\d{2}[-.]\d{2}[-.]\d{4})/;
/** Seconds and milliseconds of the years 2014 to 2039, and a date with a time. */
const TIME = /^(?:1[4-9]\d{8}|2[01]\d{8}|1[4-9]\d{11}|2[01]\d{11}|20\d\d[01]\d[0-3]\d[0-2]\d[0-5]\d[0-5]\d)$/;

const digitsOf = (text: string): string => text.replaceAll(/%2[bB]|%20|\D/g, '');

export class NumberMasks {
  readonly #replacements = new Map<string, string>();
  readonly #outputs = new Set([LAST]);
  /** Digits that are an id, wherever they are. */
  readonly #ids = new Set<string>();

  /** Returns a text whose telephone numbers are replaced. With `guess`, also digits that only look like one. */
  mask(text: string, guess = true): string {
    if (text.length < REPLACED_DIGITS || !/\d{2}/.test(text)) return text;
    return text.replaceAll(CANDIDATE, (found: string, ...rest: unknown[]) => {
      const { certain, run } = rest.at(-1) as { readonly certain?: string; readonly run?: string };
      const digits = digitsOf(found);
      const isGuessed = guess && !this.#ids.has(digits) && looksLikeNumber(found, digits, run !== undefined);
      return certain !== undefined || this.isKnown(digits) || isGuessed
        ? this.#replace(found, digits)
        : found;
    });
  }

  /** Returns the value of a field that has a number with its replacement; undefined if it is something else. */
  maskField(text: string): string | undefined {
    const digits = digitsOf(text);
    const isWhole = WHOLE.test(text) && digits.length >= REPLACED_DIGITS && digits.length <= MOST_DIGITS;
    return isWhole ? this.#replace(text, digits) : undefined;
  }

  /** Masks the value of a field that has an id, a time or a size: its digits stay, here and in other places. */
  maskCount(text: string): string {
    const isId = /^\d{10,15}$/.test(text) && !TIME.test(text) && this.#ids.size < MAX_KEPT_IDS;
    if (isId && !this.isKnown(text)) this.#ids.add(text);
    return this.mask(text, false);
  }

  /** Returns whether digits end with a replacement. */
  isReplacement(text: string): boolean {
    return this.#outputs.has(digitsOf(text).slice(-REPLACED_DIGITS));
  }

  /** Returns whether a number with the same ending was replaced before. */
  isKnown(digits: string): boolean {
    return digits.length >= REPLACED_DIGITS && this.#replacements.has(digits.slice(-REPLACED_DIGITS));
  }

  /** Replaces the last digits of a text, and keeps what is between them. */
  #replace(text: string, digits: string): string {
    if (digits.length < REPLACED_DIGITS) return text;
    const ending = this.#endingOf(digits.slice(-REPLACED_DIGITS));
    let left = REPLACED_DIGITS;
    // From the end. The digits of a percent encoding do not belong to the number.
    const parts = text.split(/(%2[bB]|%20|\d)/).toReversed();
    const replaced = parts.map((part) => (/^\d$/.test(part) && left > 0 ? ending[--left]! : part));
    return replaced.toReversed().join('');
  }

  #endingOf(ending: string): string {
    const known = this.#replacements.get(ending);
    if (known !== undefined) return known;
    const { size } = this.#replacements;
    if (size >= MAX_MASKED_NUMBERS) return LAST;
    const replacement = `555${String(size + 1).padStart(4, '0')}`;
    this.#replacements.set(ending, replacement);
    this.#outputs.add(replacement);
    return replacement;
  }
}

/** Decides about digits that may also be a time, an amount or an address of a machine. */
function looksLikeNumber(text: string, { length }: string, isRun: boolean): boolean {
  if (isRun) return length >= 10 && length <= MOST_DIGITS && !TIME.test(text);
  return length >= 9 && length <= 13 && !IPV4.test(text) && !DATE.test(text);
}
