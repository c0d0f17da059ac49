/** The words of a text, as they are compared. Pure. */
import { normalizeUnicode } from '../normalize.ts';

/** A word, or one character of a script that is written without spaces. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]|[\p{L}\p{N}\p{M}]+/gu;

/** Characters that NFKC turns into phrases of up to 18 characters. */
const PHRASE_LIGATURES = /[\uFDFA\uFDFB]/g;
/** Most characters by which NFKC may lengthen a text before the rest is ignored. */
const MAX_GROWTH = 256;

/** Splits a text into words in lower case and NFKC, without punctuation. A text without words is returned as one word. */
export function splitWords(text: string): readonly string[] {
  const bounded = text.replaceAll(PHRASE_LIGATURES, '\uFDF2');
  const plain = normalizeUnicode(bounded, 'NFKC')
    .slice(0, text.length + MAX_GROWTH)
    .toLowerCase();
  return plain.match(WORD) ?? (plain.trim() === '' ? [] : [plain.trim()]);
}
