/**
 * Splits text into words for the full-text index. Indexed text and queries are prepared by the same functions, so both
 * agree on word boundaries in any script and case. Pure and total.
 */

const words = new Intl.Segmenter('und', { granularity: 'word' });
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Scripts without spaces between words. Their word boundaries depend on context and on the dictionary of the Node release,
 * so each character is indexed as a word, and a word is searched as a sequence of characters.
 */
const UNSPACED_SCRIPT =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

/** Segments without a letter or number are not words: spaces, punctuation, a mark alone. */
const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

/** A word and its position in the text. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether it directly follows the previous word, in a script without spaces. */
  readonly isAdjacent: boolean;
}

export function splitWords(text: string): readonly Word[] {
  const result: Word[] = [];
  for (const { segment, index: start } of words.segment(text)) {
    if (!LETTER_OR_NUMBER.test(segment)) continue;
    if (!UNSPACED_SCRIPT.test(segment)) {
      result.push({ text: segment, start, end: start + segment.length, isAdjacent: false });
      continue;
    }
    for (const { segment: character, index } of characters.segment(segment)) {
      if (!LETTER_OR_NUMBER.test(character)) continue;
      const at = start + index;
      const last = result.at(-1);
      const isAdjacent = last !== undefined && last.end === at && UNSPACED_SCRIPT.test(last.text);
      result.push({ text: character, start: at, end: at + character.length, isAdjacent });
    }
  }
  return result;
}

/** Composes characters, removes differences of case and width, and removes invisible ones such as soft hyphens and joiners. */
export const normalizeText = (text: string): string =>
  text
    .replaceAll(/\p{Cf}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC');

/** Returns the text to index: the normalized words, separated by spaces. Empty if there are none. */
export function indexText(text: string): string {
  return splitWords(normalizeText(text))
    .map((word) => word.text)
    .join(' ');
}

/** A token of the index: a run of letters, numbers and marks. Must match the `tokenize` option in the migration. */
const TOKEN = /[\p{L}\p{N}\p{Co}\p{Mn}\p{Mc}]+/gu;

/** Splits a normalized word into the tokens of the index. */
export const tokenize = (word: string): readonly string[] => word.match(TOKEN) ?? [];

/** Returns a token for comparison, at least as tolerant as the index, which ignores the accents of Latin letters. */
export const comparableToken = (token: string): string =>
  token
    .normalize('NFD')
    .replaceAll(/[\u0300-\u0331]/gu, '')
    .replaceAll('ς', 'σ');
