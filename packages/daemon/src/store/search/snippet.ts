/** Marks the matches of a query in a text. The index stores no text, so this searches the text itself. Pure. */
import type { SearchTerm } from './query.ts';
import { comparableToken, normalizeText, splitWords, tokenize } from './tokenizer.ts';

/** Characters of text on each side of the first match. */
const CONTEXT = 80;
const ELLIPSIS = '…';

/** A token of a text, with the range of the word that contains it. */
interface Token extends Range {
  readonly key: string;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Returns an excerpt of `text` around its first match, with `[` and `]` around every match in the excerpt. Brackets of the
 * text itself become `(` and `)`, so the marks are unambiguous.
 */
export function snippetOf(text: string, terms: readonly SearchTerm[]): string {
  const keys = terms.map(({ tokens, isPrefix }) => ({ tokens: tokens.map(comparableToken), isPrefix }));
  const tokens = tokensOf(text);
  const matches = mergeOverlaps(findMatches(tokens, keys));
  const first = matches[0] ?? { start: 0, end: 0 };
  const start = boundaryBefore(text, tokens, Math.max(0, first.start - CONTEXT));
  const end = boundaryBefore(text, tokens, Math.min(text.length, first.end + CONTEXT));
  let marked = start > 0 ? ELLIPSIS : '';
  let at = start;
  for (const match of matches.filter((range) => range.end <= end)) {
    marked += `${escapeBrackets(text.slice(at, match.start))}[${escapeBrackets(text.slice(match.start, match.end))}]`;
    at = match.end;
  }
  return `${marked}${escapeBrackets(text.slice(at, end))}${end < text.length ? ELLIPSIS : ''}`;
}

const escapeBrackets = (text: string): string => text.replaceAll('[', '(').replaceAll(']', ')');

/** Returns the last word boundary at or before `at`; within a very long word, the last character boundary. */
function boundaryBefore(text: string, tokens: readonly Token[], at: number): number {
  const word = tokens.find(({ start, end }) => start < at && at < end);
  if (word && word.end - word.start < CONTEXT) return word.start;
  if (at >= text.length) return at;
  const from = Math.max(0, at - CONTEXT);
  const piece = text.slice(from, at + CONTEXT);
  return from + (characters.segment(piece).containing(at - from)?.index ?? at - from);
}

function tokensOf(text: string): readonly Token[] {
  return splitWords(text).flatMap(({ text: word, start, end }) =>
    splitWords(normalizeText(word))
      .flatMap((part) => tokenize(part.text))
      .map((token) => ({ key: comparableToken(token), start, end })),
  );
}

function findMatches(tokens: readonly Token[], terms: readonly SearchTerm[]): Range[] {
  const matches: Range[] = [];
  for (const [i, { start }] of tokens.entries()) {
    for (const term of terms) {
      const last = tokens[i + term.tokens.length - 1];
      if (last && matchesAt(tokens, i, term)) matches.push({ start, end: last.end });
    }
  }
  return matches;
}

function matchesAt(tokens: readonly Token[], i: number, { tokens: expected, isPrefix }: SearchTerm): boolean {
  return expected.every((token, k) => {
    const key = tokens[i + k]?.key;
    return isPrefix && k === expected.length - 1 ? key?.startsWith(token) : key === token;
  });
}

/** Sorts ranges and merges those that overlap. */
function mergeOverlaps(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start < last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push(range);
  }
  return merged;
}
