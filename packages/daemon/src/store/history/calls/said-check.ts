/** Finds the utterances of some calls that match a search. */
import type { CallId } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { INTERRUPTION_POINT, type Db } from '../../db.ts';
import { events, utterances } from '../../schema.ts';

/** Calls with at most so many events of other calls between theirs are searched together: each search has a fixed cost. */
const MAX_GAP = 50;

export interface MatchingUtterance {
  readonly callId: CallId;
  readonly position: number;
}

/** Positions of the first and the last event of a call, or of several. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** `match` is an expression of FTS5. */
export function matchesIn(db: Db, ids: readonly CallId[], match: string): readonly MatchingUtterance[] {
  const wanted = new Set(ids);
  const spans = mergeSpans(spansOf(db, ids)).map(({ first, last }) => [first, last]);
  return db
    .all<MatchingUtterance>(
      sql`
      select ${utterances.callId} as callId, ${utterances.position} as position
      from json_each(${JSON.stringify(spans)}) as span
      cross join utterance_words
      cross join ${utterances} on ${utterances.position} = utterance_words.rowid
      where utterance_words match ${match}
        and utterance_words.rowid between span.value ->> 0 and span.value ->> 1 and ${INTERRUPTION_POINT}`,
    )
    .filter(({ callId }) => wanted.has(callId));
}

function spansOf(db: Db, ids: readonly CallId[]): readonly Span[] {
  return db
    .all<{ readonly first: number | null; readonly last: number | null }>(
      sql`
      select
        (select min(position) from ${events} where call_id = value) as first,
        (select max(position) from ${events} where call_id = value) as last
      from json_each(${JSON.stringify(ids)})`,
    )
    .filter((span): span is Span => span.first !== null && span.last !== null);
}

/** Merges spans that overlap or are close to each other. */
function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.first - b.first)) {
    const previous = merged.at(-1);
    if (previous && span.first - previous.last <= MAX_GAP)
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, span.last) };
    else merged.push(span);
  }
  return merged;
}
