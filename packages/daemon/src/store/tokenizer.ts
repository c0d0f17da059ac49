/**
 * The words of a text as the search index knows them. The same functions prepare what is indexed and what is searched
 * for, so that both agree on what a word is, in any script and case. Pure and total.
 */

const segments = new Intl.Segmenter('und', { granularity: 'word' });
const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Scripts that put no blanks between words. Where a word ends in them depends on what stands around it and on the
 * dictionary of this release of Node, so each character counts as a word, and a word is found as characters in a row.
 */
const BLANKLESS =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

/** What has neither letter nor number is no word: blanks, punctuation, a mark alone. */
const CARRIES_MEANING = /[\p{L}\p{N}]/u;

/** A word, and where it stands in the text that it was read from. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether it goes on where the word before it ends, in a script that puts no blanks between words. */
  readonly isJoined: boolean;
}

export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const { segment, index: start } of segments.segment(text)) {
    if (!CARRIES_MEANING.test(segment)) continue;
    if (!BLANKLESS.test(segment)) {
      words.push({ text: segment, start, end: start + segment.length, isJoined: false });
      continue;
    }
    for (const { segment: character, index } of characters.segment(segment)) {
      if (!CARRIES_MEANING.test(character)) continue;
      const at = start + index;
      const last = words.at(-1);
      const isJoined = last !== undefined && last.end === at && BLANKLESS.test(last.text);
      words.push({ text: character, start: at, end: at + character.length, isJoined });
    }
  }
  return words;
}

/** Composed, without a difference of case or of width, and without what cannot be seen: soft hyphens, joiners and the like. */
export const folded = (text: string): string =>
  text
    .replaceAll(/\p{Cf}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC');

/** The words of `text` in order, folded and joined by blanks. Empty when there are none. */
export function searchWords(text: string): string {
  return wordsOf(folded(text))
    .map((word) => word.text)
    .join(' ');
}

/** What the index holds apart: runs of letters, numbers and the marks on them, as its tokenizer is told in the migration. */
const TOKEN = /[\p{L}\p{N}\p{Co}\p{Mn}\p{Mc}]+/gu;

/** The tokens of a folded word. */
export const indexTokens = (word: string): readonly string[] => word.match(TOKEN) ?? [];

/** A token as it is compared here: at least as forgiving as the index, which leaves out the accents of Latin letters. */
export const tokenKey = (token: string): string =>
  token
    .normalize('NFD')
    .replaceAll(/[\u0300-\u0331]/gu, '')
    .replaceAll('ς', 'σ');
