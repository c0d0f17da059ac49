/** Reads one number from a list of words. Pure. */
import type { NumeralWords } from './numeral-words.ts';

export interface ReadNumber {
  readonly digits: string;
  /** Index of the word after the number. */
  readonly next: number;
}

/** The largest number that is read as a whole. Longer digits are kept as they are. */
const MAX_NUMBER = 1e15;

/** Returns the value of a decimal digit of any script. The digits of a script follow each other, from zero on. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0)!;
  if (code < 0x80) return digit;
  let value = 0;
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}

const toDigits = (text: string): string => text.replaceAll(/\p{Nd}/gu, digitOf);

/** Reads digits, with a scale after them: "5 million". */
export function readLiteral(words: readonly string[], i: number, { scales }: NumeralWords): ReadNumber {
  const digits = toDigits(words[i]!);
  const scale = scales.get(words[i + 1] ?? '');
  const isWhole = scale !== undefined && /^\d+$/.test(digits);
  return isWhole ? scaled(digits, scale, words, i + 2, scales) : { digits, next: i + 1 };
}

/** Multiplies digits by a scale, and by those that follow: "2 hundred thousand". */
function scaled(
  digits: string,
  first: number,
  words: readonly string[],
  from: number,
  scales: NumeralWords['scales'],
): ReadNumber {
  let value = Number(digits) * first;
  let next = from;
  for (let scale; (scale = scales.get(words[next] ?? '')) !== undefined && value * scale < MAX_NUMBER;) {
    value *= scale;
    next++;
  }
  return value < MAX_NUMBER ? { digits: String(value), next } : { digits, next: from - 1 };
}

/** The parts of a number while it is read. */
interface Parts {
  /** The sum of the parts that a scale has closed: 2000 in "two thousand five". */
  closed: number;
  /** The part that is being read: 5; undefined after a scale. */
  open: number | undefined;
  /** The last scale: the next one must be smaller. */
  scale: number;
}

/** Reads the number words at `i`; undefined if the word there is not one. */
export function readSpoken(
  words: readonly string[],
  i: number,
  language: NumeralWords,
): ReadNumber | undefined {
  const { one, and, scales, numbers, ordinals } = language;
  const parts: Parts = { closed: 0, open: undefined, scale: Number.POSITIVE_INFINITY };
  let next = i;
  if (one.has(words[i]!) && scales.has(words[i + 1] ?? '')) {
    parts.open = 1;
    next++;
  }
  for (; next < words.length; next++) {
    const word = words[next]!;
    const mayJoin = next > i && and.has(word) && isHundreds(parts) && isSmall(words[next + 1], language);
    if (mayJoin) continue;
    const ordinal = ordinals.get(word);
    const value = numbers.get(word) ?? ordinal;
    const isRead = value === undefined ? addScale(parts, scales.get(word)) : addSmall(parts, value);
    if (!isRead) break;
    if (ordinal !== undefined) {
      next++;
      break;
    }
  }
  const total = parts.closed + (parts.open ?? 0);
  return next === i ? undefined : { digits: String(total), next };
}

const isSmall = (word: string | undefined, { numbers, ordinals }: NumeralWords): boolean =>
  word !== undefined && (numbers.has(word) || ordinals.has(word));

/** Returns whether "and" may follow: after a hundred or a thousand. */
const isHundreds = ({ open, closed }: Parts): boolean =>
  open === undefined ? closed > 0 : open > 0 && open % 100 === 0;

/** Adds a number below 100; false if it starts another number. */
function addSmall(parts: Parts, value: number): boolean {
  const { open } = parts;
  const followsHundred = open !== undefined && open > 0 && open % 100 === 0;
  const followsTens = open !== undefined && open % 100 >= 20 && open % 10 === 0 && value >= 1 && value <= 9;
  if (open !== undefined && !followsHundred && !followsTens) return false;
  parts.open = (open ?? 0) + value;
  return true;
}

/** Applies a scale; false if the word is not a scale or cannot follow. */
function addScale(parts: Parts, scale: number | undefined): boolean {
  const { open } = parts;
  if (scale === undefined || open === undefined || open === 0) return false;
  if (scale === 100) {
    if (open >= 100) return false;
    parts.open = open * 100;
    return true;
  }
  if (scale >= parts.scale) return false;
  parts.closed += open * scale;
  parts.open = undefined;
  parts.scale = scale;
  return true;
}
