/**
 * The words of an utterance in one text, and the conditions of a search on it. The text has the tokens that FTS5 stores, so both
 * engines find the same: PostgreSQL neither parses words nor knows their language. An index finds the rows that contain all
 * tokens; whether they are adjacent, or one begins with a text, is seen in the text itself.
 */
import { searchTerms } from '../../search/query.ts';
import { storedToken, storedTokens } from '../../search/tokenizer.ts';
import type { Add } from '../parameters.ts';

/** Most characters of a token; the rest is ignored. PostgreSQL indexes at most 2046 bytes of one, and a character has up to 4. */
export const MAX_TOKEN_CHARACTERS = 500;

/** Increase it when the words of the same text change. */
export const RULES = 1;

const cut = (token: string): string =>
  token.length <= MAX_TOKEN_CHARACTERS ? token : Array.from(token).slice(0, MAX_TOKEN_CHARACTERS).join('');

/** Returns the tokens of a text, with a space before and after each; empty if it has none. */
export function wordsOf(text: string): string {
  const tokens = storedTokens(text);
  return tokens.length === 0 ? '' : ` ${tokens.map(cut).join(' ')} `;
}

/** What a search looks for in the words of an utterance. */
export interface WordSearch {
  /** For the index: all tokens, the last one as a prefix. A `tsquery`; every token is quoted, and none contains a quote. */
  readonly query: string;
  /** Texts that the words contain. */
  readonly sequences: readonly string[];
}

/** Returns undefined if the text of the search has no words. */
export function wordSearch(text: string): WordSearch | undefined {
  const terms = searchTerms(text)
    .map(({ tokens, isPrefix }) => ({
      tokens: tokens.map((token) => cut(storedToken(token))).filter((token) => token !== ''),
      isPrefix,
    }))
    .filter(({ tokens }) => tokens.length > 0);
  if (terms.length === 0) return undefined;
  const operands = terms.flatMap(({ tokens, isPrefix }) =>
    tokens.map((token, i) => `'${token}'${isPrefix && i === tokens.length - 1 ? ':*' : ''}`),
  );
  return {
    query: operands.join(' & '),
    sequences: terms.map(({ tokens, isPrefix }) => ` ${tokens.join(' ')}${isPrefix ? '' : ' '}`),
  };
}

/** Returns the condition that `w.words` match, for rows that are few already. */
export const containsWords = ({ sequences }: WordSearch, add: Add): string =>
  sequences.map((sequence) => `strpos(w.words, ${add(sequence)}) > 0`).join(' and ');

/** The same, by the index. */
export const isFoundByWords = (search: WordSearch, add: Add): string =>
  `array_to_tsvector(string_to_array(btrim(w.words), ' ')) @@ ${add(search.query)}::tsquery
    and ${containsWords(search, add)}`;
