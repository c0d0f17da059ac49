/** Finds the utterances of some calls that match a search. */
import type { CallId } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { INTERRUPTION_POINT, type Db } from '../../db.ts';
import { events, utterances } from '../../schema.ts';

/** Calls whose events have more events of others between them, for each call, are searched one by one. */
const MAX_SPREAD = 50;

export interface MatchingUtterance {
  readonly callId: CallId;
  readonly position: number;
}

interface Span {
  readonly id: CallId;
  /** Positions of the first and last event; null if the call has none. */
  readonly first: number | null;
  readonly last: number | null;
}

/** `match` is an expression of FTS5. Calls of about the same time are searched together, others one by one. */
export function matchesIn(db: Db, ids: readonly CallId[], match: string): readonly MatchingUtterance[] {
  if (ids.length === 0) return [];
  const spans = db.all<Span>(sql`
    select value as id,
      (select min(position) from ${events} where call_id = value) as first,
      (select max(position) from ${events} where call_id = value) as last
    from json_each(${JSON.stringify(ids)})`);
  const first = spans.reduce((least, span) => Math.min(least, span.first ?? Infinity), Infinity);
  const last = spans.reduce((most, span) => Math.max(most, span.last ?? -Infinity), -Infinity);
  const isTogether = last - first <= spans.length * MAX_SPREAD;
  const searched = isTogether ? [{ first, last }] : spans;
  const wanted = new Set(ids);
  const found = searched.flatMap((span) => matchesWithin(db, span.first ?? 0, span.last ?? 0, match));
  const unique = new Map(found.map((utterance) => [utterance.position, utterance]));
  return [...unique.values()].filter(({ callId }) => wanted.has(callId));
}

function matchesWithin(db: Db, first: number, last: number, match: string): readonly MatchingUtterance[] {
  return db.all<MatchingUtterance>(sql`
    select ${utterances.callId} as callId, ${utterances.position} as position
    from utterance_words cross join ${utterances} on ${utterances.position} = utterance_words.rowid
    where utterance_words match ${match} and utterance_words.rowid between ${first} and ${last} and ${INTERRUPTION_POINT}`);
}
