/** Converts API results to a list of calls with snippets. Pure. */
import type { EnumOf } from '../api/graphql.ts';
import { spansOf } from '../call/spans.ts';
import type { ResultCall, Match, PastCall } from './documents.ts';

/** A line of a call: a match, or one of the first lines. */
export interface SnippetLine {
  readonly id: string;
  readonly party: EnumOf<'Party'>;
  readonly parts: readonly SnippetPart[];
  /** The start of the line, ms from the answer; undefined if unknown. */
  readonly offsetMs: number | undefined;
}

interface SnippetPart {
  readonly text: string;
  readonly isMatch: boolean;
}

export interface SearchResult {
  readonly call: ResultCall;
  /** Shown instead of lines if the search has no text. */
  readonly summary: string | null;
  readonly lines: readonly SnippetLine[];
}

/** Parses a snippet of the API, in which matches are enclosed in `[` and `]`. */
export function parseSnippet(snippet: string): SnippetPart[] {
  return snippet
    .split(/\[([^\]]*)\]/)
    .map((text, i) => ({ text, isMatch: i % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

/** Converts calls to results with their summary or, without one, their first lines. */
export const toCallResults = (calls: readonly PastCall[]): SearchResult[] =>
  calls.map((call) => ({
    call,
    summary: call.summary,
    lines: (call.summary === null ? call.utterances.nodes : []).map(({ id, party, text }) => ({
      id,
      party,
      parts: [{ text, isMatch: false }],
      offsetMs: undefined,
    })),
  }));

/** Groups matches by call, ordered by the newest match; the lines of a call are in chronological order. */
export function toMatchResults(matches: readonly Match[]): SearchResult[] {
  const byCall = new Map<string, SearchResult & { lines: SnippetLine[] }>();
  for (const match of matches) {
    const { call } = match.utterance;
    const result = byCall.get(call.id) ?? { call, summary: null, lines: [] };
    if (!result.lines.some(({ id }) => id === match.utterance.id)) result.lines.unshift(toSnippetLine(match));
    byCall.set(call.id, result);
  }
  return [...byCall.values()];
}

function toSnippetLine({ snippet, utterance }: Match): SnippetLine {
  const { id, party, call } = utterance;
  const [span] = call.answeredAt === null ? [] : spansOf([utterance], Date.parse(call.answeredAt));
  return { id, party, parts: parseSnippet(snippet), offsetMs: span?.fromMs };
}
