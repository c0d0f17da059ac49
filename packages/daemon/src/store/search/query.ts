/**
 * Parses a search query. Text in double quotes is a phrase of adjacent words; all other words may occur in any order, and
 * the last one is a prefix. The result becomes an FTS5 expression and marks matches in snippets. Pure and total.
 */
import { normalizeText, splitWords, tokenize } from './tokenizer.ts';

/** Tokens that must be adjacent. */
export interface SearchTerm {
  /** As indexed; never empty. */
  readonly tokens: readonly string[];
  /** Whether the last token matches as a prefix. */
  readonly isPrefix: boolean;
}

/** A quote delimits a phrase only next to a space or an end of the query: some scripts have quotes within words. */
const PHRASE = /(?<=^|\s)["“„”]([^"“„”]*)["“”](?=\s|$)/gu;

export function searchTerms(query: string): readonly SearchTerm[] {
  const terms: SearchTerm[] = [];
  let end = 0;
  for (const { index, 0: whole, 1: phrase = '' } of query.matchAll(PHRASE)) {
    terms.push(...unquotedTerms(query.slice(end, index)));
    const tokens = splitWords(normalizeText(phrase)).flatMap(({ text }) => tokenize(text));
    if (tokens.length > 0) terms.push({ tokens, isPrefix: false });
    end = index + whole.length;
  }
  const rest = unquotedTerms(query.slice(end));
  return [...terms, ...rest.map((term, i) => ({ ...term, isPrefix: i === rest.length - 1 }))];
}

/** Returns one term for each word; adjacent characters of a script without spaces form one term. */
function unquotedTerms(text: string): SearchTerm[] {
  const terms: string[][] = [];
  for (const { text: word, isAdjacent } of splitWords(normalizeText(text))) {
    if (isAdjacent) terms.at(-1)?.push(...tokenize(word));
    else terms.push([...tokenize(word)]);
  }
  return terms.filter(({ length }) => length > 0).map((tokens) => ({ tokens, isPrefix: false }));
}

/**
 * Returns an expression for FTS5's `match`; undefined if the query has no words. Every term is quoted, and tokens contain no
 * quotes, so no part of a query is an operator and every query is valid.
 */
export function matchExpression(query: string): string | undefined {
  const terms = searchTerms(query);
  if (terms.length === 0) return undefined;
  return terms.map(expression).join(' AND ');
}

export const expression = ({ tokens, isPrefix }: SearchTerm): string =>
  `"${tokens.join(' ')}"${isPrefix ? ' *' : ''}`;
