/** The words of a text, as they are compared. Pure. */
import { normalizeUnicode } from '../normalize.ts';
import { spellSymbols, withDigits } from './numerals.ts';

/** A word, or one character of a script that is written without spaces. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]|[\p{L}\p{N}\p{M}]+/gu;

/** Characters that NFKC turns into phrases of up to 18 characters. */
const PHRASE_LIGATURES = /[\uFDFA\uFDFB]/g;
/** Most characters by which NFKC may lengthen a text before the rest is ignored. */
const MAX_GROWTH = 256;

/** The longest transcripts whose words are compared, in characters: together several hours. */
const MAX_COMPARED_CHARACTERS = 192 * 1024;

/** Splits a text into words in lower case and NFKC, without punctuation. A text without words is returned as one word. */
export function splitWords(text: string): readonly string[] {
  const plain = plainTextOf(text);
  return plain.match(WORD) ?? wholeText(plain);
}

/** Splits a text into words as they are compared: numerals and number words are written alike, by their digits. */
export function comparableWords(text: string): readonly string[] {
  const plain = plainTextOf(text);
  const words = spellSymbols(plain).match(WORD);
  return words ? withDigits(words) : wholeText(plain);
}

/**
 * Returns a function that splits the texts of two transcripts for a comparison. Longer transcripts are compared by whole texts,
 * because words of hundreds of thousands of characters take too long for one turn of the event loop.
 */
export function createSplitter(
  ...transcripts: readonly (readonly { readonly text: string }[])[]
): (text: string) => readonly string[] {
  const characters = transcripts.flat().reduce((sum, { text }) => sum + text.length, 0);
  const isLong = characters > MAX_COMPARED_CHARACTERS;
  const known = new Map<string, readonly string[]>();
  return (text) => {
    const words = known.get(text) ?? (isLong ? wholeText(plainTextOf(text)) : comparableWords(text));
    known.set(text, words);
    return words;
  };
}

const wholeText = (plain: string): readonly string[] => (plain.trim() === '' ? [] : [plain.trim()]);

const plainTextOf = (text: string): string =>
  normalizeUnicode(text.replaceAll(PHRASE_LIGATURES, '\uFDF2'), 'NFKC')
    .slice(0, text.length + MAX_GROWTH)
    .toLowerCase();
