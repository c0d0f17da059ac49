/** What was found, call by call. Pure. */
import type { EnumOf } from '../api/graphql.ts';
import { spansOf } from '../call/spans.ts';
import type { FoundCall, Match, PastCall } from './documents.ts';

/** A line of a call: one that was looked for, or how it began. */
export interface FoundLine {
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

export interface Found {
  readonly call: FoundCall;
  /** What stands for the call where no words were looked for. */
  readonly summary: string | null;
  readonly lines: readonly FoundLine[];
}

/** A snippet of the API: `[` and `]` stand around what matches, and nowhere else. */
export function partsOf(snippet: string): Part[] {
  return snippet
    .split(/\[([^\]]*)\]/)
    .map((text, i) => ({ text, isMatch: i % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

/** A call for each that is listed, with its summary, or how it began. */
export const foundCalls = (calls: readonly PastCall[]): Found[] =>
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

/** A call for each in which something was found, in the order of its newest match; its lines in the order of the call. */
export function foundMatches(matches: readonly Match[]): Found[] {
  const byCall = new Map<string, Found & { lines: FoundLine[] }>();
  for (const match of matches) {
    const { call } = match.utterance;
    const found = byCall.get(call.id) ?? { call, summary: null, lines: [] };
    if (!found.lines.some(({ id }) => id === match.utterance.id)) found.lines.unshift(lineOf(match));
    byCall.set(call.id, found);
  }
  return [...byCall.values()];
}

function lineOf({ snippet, utterance }: Match): FoundLine {
  const { id, party, call } = utterance;
  const [span] = call.answeredAt === null ? [] : spansOf([utterance], Date.parse(call.answeredAt));
  return { id, party, parts: partsOf(snippet), offsetMs: span?.fromMs };
}
