/**
 * Writes numerals and number words alike, as the digits of the number, one word each: "25", "twenty-five" and "two five" are all
 * "2 5". Separate numbers that follow each other are joined, because "three thirty" is 3:30 and telephone numbers are grouped in any
 * way. Units of money are omitted next to a number. Only for comparisons: "second" becomes "2" in both texts. Pure.
 */
import { ENGLISH } from './english.ts';
import type { NumeralWords } from './numeral-words.ts';
import { readLiteral, readSpoken, type ReadNumber } from './numeral-reader.ts';

/** Tried in this order. */
const LANGUAGES: readonly NumeralWords[] = [ENGLISH];

/** Words that start with a digit are read as literals. */
const LITERAL = /^\p{Nd}/u;

/** Replaces symbols that stand for words, separates digits from letters, and removes a zero number of minutes or cents. The text is in lower case. */
export function spellSymbols(text: string): string {
  let spelled = text
    .replaceAll(/(?<=\p{Nd})[:.]00(?!\p{Nd}|[.,]\p{Nd})/gu, ' ')
    .replaceAll(/(?<=\p{Nd})(?=\p{L})/gu, ' ');
  for (const { symbols } of LANGUAGES)
    for (const [symbol, word] of symbols) spelled = spelled.replaceAll(symbol, word);
  return spelled;
}

/** Returns the words with each number as its digits, one word each. */
export function withDigits(words: readonly string[]): readonly string[] {
  if (!words.some(mayBeNumeral) && !words.some(isScale)) return words;
  const result: string[] = [];
  let isAfterNumber = false;
  for (let i = 0; i < words.length;) {
    const number = readNumber(words, i, isAfterNumber);
    if (number) {
      result.push(...number.digits.split(''));
      i = number.next;
      isAfterNumber = true;
      continue;
    }
    const skipped = isAfterNumber ? connectors(words, i) : 0;
    i += skipped;
    if (skipped > 0) continue;
    const half = isAfterNumber && words[i + 1] === 'm' ? dayHalf(words[i]!) : undefined;
    result.push(half ?? words[i]!);
    i += half === undefined ? 1 : 2;
    isAfterNumber = false;
  }
  return result;
}

const mayBeNumeral = (word: string): boolean =>
  LITERAL.test(word) || LANGUAGES.some(({ numbers, ordinals }) => numbers.has(word) || ordinals.has(word));

const isScale = (word: string): boolean => LANGUAGES.some(({ scales }) => scales.has(word));

const dayHalf = (letter: string): string | undefined =>
  LANGUAGES.map(({ dayHalves }) => dayHalves.get(letter)).find((half) => half !== undefined);

function readNumber(words: readonly string[], i: number, isAfterNumber: boolean): ReadNumber | undefined {
  const word = words[i]!;
  for (const language of LANGUAGES) {
    if (LITERAL.test(word)) return readLiteral(words, i, language);
    if (isAfterNumber && language.zero.has(word)) return { digits: '0', next: i + 1 };
    const repeats = language.repeats.get(word);
    const repeated = repeats === undefined ? undefined : readRepeated(words, i + 1, repeats, language);
    const number = repeated ?? readSpoken(words, i, language);
    if (number) return number;
  }
  return undefined;
}

function readRepeated(
  words: readonly string[],
  i: number,
  times: number,
  { numbers, zero }: NumeralWords,
): ReadNumber | undefined {
  const word = words[i] ?? '';
  const spoken = zero.has(word) ? 0 : numbers.get(word);
  const digit = spoken ?? (/^\d$/.test(word) ? Number(word) : undefined);
  return digit === undefined || digit > 9 ? undefined : { digits: String(digit).repeat(times), next: i + 1 };
}

/** Returns how many words from `i` on are omitted after a number: its unit, and a connector before the next number. */
function connectors(words: readonly string[], i: number): number {
  for (const language of LANGUAGES) {
    const { units, and, point } = language;
    let count = units.has(words[i]!) ? 1 : 0;
    const next = words[i + count] ?? '';
    const joins = (and.has(next) || point.has(next)) && words[i + count + 1] !== undefined;
    if (joins && readNumber(words, i + count + 1, true)) count++;
    if (count > 0) return count;
  }
  return 0;
}
