/**
 * What a client searches for, read once and used twice: as an expression of FTS5 that can never be a mistake, and for
 * finding the words in the text itself. Words in double quotes stand beside one another; all else are words in any
 * order, of which the last may be the beginning of one. Pure and total.
 */
import { folded, indexTokens, wordsOf } from '../tokenizer.ts';

/** Words that were said one behind the other. */
export interface SearchTerm {
  /** As the index knows them; never empty. */
  readonly tokens: readonly string[];
  /** Whether the last of them may go on. */
  readonly isPrefix: boolean;
}

/** A phrase begins and ends where a blank, or nothing, stands beside its quote: some scripts have quotes within words. */
const PHRASE = /(?<=^|\s)["“„”]([^"“„”]*)["“”](?=\s|$)/gu;

export function searchTerms(query: string): readonly SearchTerm[] {
  const terms: SearchTerm[] = [];
  let end = 0;
  for (const { index, 0: whole, 1: phrase = '' } of query.matchAll(PHRASE)) {
    terms.push(...looseTerms(query.slice(end, index)));
    const tokens = wordsOf(folded(phrase)).flatMap(({ text }) => indexTokens(text));
    if (tokens.length > 0) terms.push({ tokens, isPrefix: false });
    end = index + whole.length;
  }
  const rest = looseTerms(query.slice(end));
  return [...terms, ...rest.map((term, i) => ({ ...term, isPrefix: i === rest.length - 1 }))];
}

/** Each word by itself; characters in a row, of a script without blanks, as one. */
function looseTerms(text: string): SearchTerm[] {
  const terms: string[][] = [];
  for (const { text: word, isJoined } of wordsOf(folded(text))) {
    if (isJoined) terms.at(-1)?.push(...indexTokens(word));
    else terms.push([...indexTokens(word)]);
  }
  return terms.filter(({ length }) => length > 0).map((tokens) => ({ tokens, isPrefix: false }));
}

/** For `match`: every term in quotes, which no token holds, so that none is an operator. Nothing when there is no word. */
export function matchExpression(query: string): string | undefined {
  const terms = searchTerms(query);
  if (terms.length === 0) return undefined;
  return terms.map(({ tokens, isPrefix }) => `"${tokens.join(' ')}"${isPrefix ? ' *' : ''}`).join(' AND ');
}
