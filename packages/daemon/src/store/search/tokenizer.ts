/**
 * Splits text into words for the full-text index. Indexed text and queries are prepared by the same functions, so both
 * agree on word boundaries in any script and case. Pure and total. The time is linear in the length of the text, and the
 * result does not depend on the Node release: `Intl.Segmenter` has neither property.
 */
import { normalizeUnicode } from '@sidetone/core';

/** Most characters of a text that are indexed. Normalization can lengthen a text by a factor of 18. */
export const MAX_INDEXED_CHARACTERS = 32 * 1024;

/** Longest word; the rest of a longer one is a word of its own. Bounds the stack of the regular expression. */
const MAX_WORD_CHARACTERS = 1024;

/**
 * Scripts without spaces between words. Their word boundaries depend on context and on a dictionary, so each character is
 * indexed as a word, and a word is searched as a sequence of characters.
 */
const UNSPACED_SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar'];
const UNSPACED = `[${UNSPACED_SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]`;

/** Vowels that are no marks by category but belong to the character before them. */
const THAI_VOWEL_AM = '\\u0E33\\u0EB3';
/** Marks of Myanmar that do not belong to the character before them. */
const MYANMAR_VOWELS =
  '\\u102B\\u102C\\u1038\\u1062-\\u1064\\u1067-\\u106D\\u1083\\u1087-\\u108C\\u108F\\u109A-\\u109C\\uAA7B\\uAA7D';

/** Korean has spaces, but foreign words and numbers are joined to its particles. */
const HANGUL = '\\p{sc=Hangul}';
const LETTER = `(?!${UNSPACED}|${HANGUL})[\\p{L}\\p{N}]`;
/** Punctuation within words and numbers, as in Unicode Standard Annex 29: "don't", "3.14". */
const JOINER = [
  `(?<=[\\p{L}\\p{M}\\p{Cf}])[.'\\u2018\\u2019\\u2024\\u00B7\\u0387\\u055F\\u05F4\\u2027\\uFE52\\uFF07\\uFF0E](?=(?=\\p{L})${LETTER})`,
  `(?<=[\\p{Nd}\\p{Cf}])[.,;'\\u2018\\u2019\\u2024\\u037E\\u0589\\u060C\\u060D\\u066C\\u07F8\\u2044\\uFE52\\uFF07\\uFF0C\\uFF0E\\uFF1B](?=\\p{Nd})`,
  `(?<=\\p{sc=Hebrew})"(?=\\p{sc=Hebrew})`,
  `\\p{Pc}{1,8}(?=${LETTER})`,
].join('|');

const REST = `{0,${MAX_WORD_CHARACTERS}}`;

/** A character of an unspaced script, or a word that starts with a letter or number. */
const WORD = new RegExp(
  [
    `(?=[\\p{L}\\p{N}])${UNSPACED}(?:[${THAI_VOWEL_AM}\\p{Cf}]|(?![${MYANMAR_VOWELS}])\\p{M})${REST}`,
    `(?=\\p{L})${HANGUL}(?:${HANGUL}|[\\p{M}\\p{Cf}])${REST}`,
    `${LETTER}(?:[\\p{M}\\p{Cf}]|${LETTER}|${JOINER})${REST}`,
  ].join('|'),
  'gu',
);
const STARTS_UNSPACED = new RegExp(`^${UNSPACED}`, 'u');

/** A word and its position in the text. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether it directly follows the previous word, in a script without spaces. */
  readonly isAdjacent: boolean;
}

export function splitWords(text: string): readonly Word[] {
  let last: (Word & { readonly isUnspaced: boolean }) | undefined;
  return Array.from(text.matchAll(WORD), ({ 0: word, index: start }) => {
    const isUnspaced = STARTS_UNSPACED.test(word);
    const isAdjacent = isUnspaced && last?.isUnspaced === true && last.end === start;
    last = { text: word, start, end: start + word.length, isAdjacent, isUnspaced };
    return last;
  });
}

/**
 * Composes characters, removes differences of case and width, and removes invisible ones such as soft hyphens and joiners.
 * Cuts the result after {@link MAX_INDEXED_CHARACTERS}.
 */
export const normalizeText = (text: string): string =>
  normalizeUnicode(text.slice(0, MAX_INDEXED_CHARACTERS).replaceAll(/\p{Cf}/gu, ''), 'NFKC')
    .slice(0, MAX_INDEXED_CHARACTERS)
    .toLowerCase()
    .normalize('NFKC');

/** Returns the text to index: the normalized words, separated by spaces. Empty if there are none. */
export const indexText = (text: string): string => (normalizeText(text).match(WORD) ?? []).join(' ');

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

/** Marks that the index leaves out, at least with Latin letters. */
const MARKS = /[\u0300-\u0304\u0306-\u030C\u030F\u0311\u031B\u0323-\u0328\u032D\u032E\u0330\u0331]/gu;
const ACCENTED_LATIN = /[\u00E0-\u1EF9]/gu;
const PLAIN = /^[a-z0-9]*$/;

/** Returns a token of a normalized word as FTS5 stores it (`remove_diacritics 2`): of Latin letters, without accents. */
export function storedToken(token: string): string {
  if (PLAIN.test(token)) return token;
  return token
    .replaceAll(MARKS, '')
    .replaceAll('\u0345', 'ι')
    .replaceAll('ς', 'σ')
    .replaceAll(ACCENTED_LATIN, withoutAccent);
}

function withoutAccent(character: string): string {
  const [base = ''] = character.normalize('NFD');
  // FTS5 does not know this one.
  return PLAIN.test(base) && character !== 'ǡ' ? base : character;
}

/** Returns the tokens of a text in their order, as FTS5 stores them. */
export const storedTokens = (text: string): readonly string[] => tokenize(indexText(text)).map(storedToken);
