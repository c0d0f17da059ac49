/** What was results, call by call. Pure. */
import type { EnumOf } from '../api/graphql.ts';
import { spansOf } from '../call/spans.ts';
import type { ResultCall, Match, PastCall } from './documents.ts';

/** A line of a call: one that was looked for, or how it began. */
export interface SnippetLine {
  readonly id: string;
  readonly party: EnumOf<'Party'>;
  readonly parts: readonly Part[];
  /** Where in the call it was said, ms from the answer, as far as anyone knows. */
  readonly offsetMs: number | undefined;
}

export interface Part {
  readonly text: string;
  readonly isMatch: boolean;
}

export interface SearchResult {
  readonly call: ResultCall;
  /** What stands for the call where no words were looked for. */
  readonly summary: string | null;
  readonly lines: readonly SnippetLine[];
}

/** A snippet of the API: `[` and `]` stand around what matches, and nowhere else. */
export function parseSnippet(snippet: string): Part[] {
  return snippet
    .split(/\[([^\]]*)\]/)
    .map((text, i) => ({ text, isMatch: i % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

/** A call for each that is listed, with its summary, or how it began. */
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

/** A call for each in which something was results, in the order of its newest match; its lines in the order of the call. */
export function toMatchResults(matches: readonly Match[]): SearchResult[] {
  const byCall = new Map<string, SearchResult & { lines: SnippetLine[] }>();
  for (const match of matches) {
    const { call } = match.utterance;
    const results = byCall.get(call.id) ?? { call, summary: null, lines: [] };
    if (!results.lines.some(({ id }) => id === match.utterance.id)) results.lines.unshift(lineOf(match));
    byCall.set(call.id, results);
  }
  return [...byCall.values()];
}

function lineOf({ snippet, utterance }: Match): SnippetLine {
  const { id, party, call } = utterance;
  const [span] = call.answeredAt === null ? [] : spansOf([utterance], Date.parse(call.answeredAt));
  return { id, party, parts: parseSnippet(snippet), offsetMs: span?.fromMs };
}
