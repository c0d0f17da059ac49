/** What was said, with the words marked that were searched for. Pure: the index keeps no text, so this reads the text itself. */
import type { SearchTerm } from './search-query.ts';
import { folded, indexTokens, tokenKey, wordsOf } from '../tokenizer.ts';

/** Text on either side of the first match, characters. */
const AROUND = 80;
const ELLIPSIS = '…';

/** A token of a text, and where the word is that it is part of. */
interface Token {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * A stretch of `text` around its first match, with `[` and `]` around every match in it. Brackets of the text itself are
 * shown as `(` and `)`, so that the marks are the only ones.
 */
export function snippetOf(text: string, terms: readonly SearchTerm[]): string {
  const keys = terms.map(({ tokens, isPrefix }) => ({ tokens: tokens.map(tokenKey), isPrefix }));
  const tokens = tokensOf(text);
  const found = merged(matchesIn(tokens, keys));
  const first = found[0] ?? { start: 0, end: 0 };
  const start = edgeOf(text, tokens, Math.max(0, first.start - AROUND));
  const end = edgeOf(text, tokens, Math.min(text.length, first.end + AROUND));
  let marked = start > 0 ? ELLIPSIS : '';
  let at = start;
  for (const match of found.filter((range) => range.end <= end)) {
    marked += `${plain(text.slice(at, match.start))}[${plain(text.slice(match.start, match.end))}]`;
    at = match.end;
  }
  return `${marked}${plain(text.slice(at, end))}${end < text.length ? ELLIPSIS : ''}`;
}

const plain = (text: string): string => text.replaceAll('[', '(').replaceAll(']', ')');

/** The nearest place at or before `at` that is not within a word, or, within a very long one, not within a character. */
function edgeOf(text: string, tokens: readonly Token[], at: number): number {
  const word = tokens.find(({ start, end }) => start < at && at < end);
  if (word && word.end - word.start < AROUND) return word.start;
  return at >= text.length ? at : (characters.segment(text).containing(at)?.index ?? at);
}

function tokensOf(text: string): readonly Token[] {
  return wordsOf(text).flatMap(({ text: word, start, end }) =>
    wordsOf(folded(word))
      .flatMap((part) => indexTokens(part.text))
      .map((token) => ({ key: tokenKey(token), start, end })),
  );
}

function matchesIn(tokens: readonly Token[], terms: readonly SearchTerm[]): Range[] {
  const found: Range[] = [];
  for (const [i, { start }] of tokens.entries()) {
    for (const term of terms) {
      const last = tokens[i + term.tokens.length - 1];
      if (last && isAt(tokens, i, term)) found.push({ start, end: last.end });
    }
  }
  return found;
}

function isAt(tokens: readonly Token[], i: number, { tokens: wanted, isPrefix }: SearchTerm): boolean {
  return wanted.every((word, k) => {
    const key = tokens[i + k]?.key;
    return isPrefix && k === wanted.length - 1 ? key?.startsWith(word) : key === word;
  });
}

/** Ranges in order, those that overlap made one. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const all: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last && range.start < last.end)
      all[all.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else all.push(range);
  }
  return all;
}
