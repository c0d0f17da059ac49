/**
 * Finds runs of digits in a text: groups that only spaces, dashes and other punctuation separate, in digits of any script or in
 * English words for single digits ("four double one"). One pass, in linear time. Pure.
 */
import { asciiDigits } from '@sidetone/plugin-kit';

/** Digits without a separator, or one word. */
export interface DigitGroup {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

export interface DigitRun {
  readonly groups: readonly DigitGroup[];
  /** Whether a plus is written before it. */
  readonly hasPlus: boolean;
}

const TOKEN = /\p{Nd}+|\p{L}+/gu;
const SEPARATOR = /^[\s\p{Pd}.,()/]{0,3}$/u;
const WORDS: Readonly<Record<string, string>> = {
  zero: '0',
  oh: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
};
const REPEATS: Readonly<Record<string, number>> = { double: 2, triple: 3 };
const LONGEST_WORD = 6;

const wordOf = (token: string): string => (token.length <= LONGEST_WORD ? token.toLowerCase() : '');
const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** Returns the runs of at least `fewest` digits, in their order. */
export function findDigitRuns(text: string, fewest: number): readonly DigitRun[] {
  const runs: DigitRun[] = [];
  let groups: DigitGroup[] = [];
  let count = 0;
  let repeat: { readonly times: number; readonly start: number } | undefined;
  let end = 0;

  function finish(): void {
    if (count >= fewest) runs.push({ groups, hasPlus: text[groups[0]!.start - 1] === '+' });
    groups = [];
    count = 0;
    repeat = undefined;
  }
  function add(digits: string, start: number): void {
    groups.push({ digits: digits.repeat(repeat?.times ?? 1), start: repeat?.start ?? start, end });
    count += groups.at(-1)!.digits.length;
    repeat = undefined;
  }

  for (const { 0: token, index: start } of text.matchAll(TOKEN)) {
    const between = text.slice(end, start);
    // Longer ones are not compared with the pattern: they are no separators.
    if (between.length > 3 || !SEPARATOR.test(between)) finish();
    end = start + token.length;
    const digits = /^\p{Nd}/u.test(token) ? asciiDigits(token) : own(WORDS, wordOf(token));
    const times = own(REPEATS, wordOf(token));
    if (digits !== undefined) add(digits, start);
    else if (times === undefined) finish();
    else repeat = { times, start };
  }
  finish();
  return runs;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export const countDigits = ({ groups }: DigitRun): number =>
  groups.reduce((sum, { digits }) => sum + digits.length, 0);

/** Returns where a run is, with its plus. */
export const wholeOf = ({ groups, hasPlus }: DigitRun): Span => ({
  start: groups[0]!.start - (hasPlus ? 1 : 0),
  end: groups.at(-1)!.end,
});

/**
 * Returns the parts of a run that begin and end with a group, have a number of digits within limits, and match; the longest of each
 * beginning. A part that continues a word or an identifier is not returned.
 */
export function findParts(
  text: string,
  { groups, hasPlus }: DigitRun,
  limits: { readonly fewest: number; readonly most: number },
  matches: (digits: string, isAfterPlus: boolean) => boolean,
): readonly Span[] {
  const spans: Span[] = [];
  for (let first = 0; first < groups.length; first++) {
    let digits = '';
    let found: number | undefined;
    for (let last = first; last < groups.length && digits.length < limits.most; last++) {
      digits += groups[last]!.digits;
      const isPossible = digits.length >= limits.fewest && digits.length <= limits.most;
      if (isPossible && matches(digits, hasPlus && first === 0)) found = last;
    }
    if (found === undefined) continue;
    const plus = hasPlus && first === 0 ? 1 : 0;
    const span = { start: groups[first]!.start - plus, end: groups[found]!.end };
    if (isSeparate(text, span)) spans.push(span);
    first = found;
  }
  return spans;
}

const isSeparate = (text: string, { start, end }: Span): boolean =>
  !/[\p{L}_]/u.test(text[start - 1] ?? '') && !/[\p{L}_]/u.test(text[end] ?? '');
