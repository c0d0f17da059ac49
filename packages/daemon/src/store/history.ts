/** History, for queries. Answers are promises, so that they can move off the loop that hears audio. */
import { and, asc, count, eq, gte, inArray, lt, ne, type SQL } from 'drizzle-orm';
import type { CallFilter, History } from '../app/ports.ts';
import type { Db } from './database.ts';
import { keyset, slice, type SortKey } from './keyset.ts';
import { rowToCall, rowToCommand, rowToUtterance } from './rows.ts';
import { calls, commands, streams, utterances } from './schema.ts';

const CALLS_NEWEST_FIRST: SortKey = { key: calls.createdAt, id: calls.id, newestFirst: true };
const UTTERANCES_IN_ORDER: SortKey = { key: utterances.orderMs, id: utterances.id, newestFirst: false };
const COMMANDS_NEWEST_FIRST: SortKey = { key: commands.requestedAt, id: commands.id, newestFirst: true };

function matching(filter: CallFilter): SQL | undefined {
  const { providerIds, statuses, live, directions, createdAfter, createdBefore } = filter;
  return and(
    providerIds && inArray(calls.providerId, [...providerIds]),
    statuses && inArray(calls.status, [...statuses]),
    live === undefined ? undefined : (live ? ne : eq)(calls.status, 'ENDED'),
    directions && inArray(calls.direction, [...directions]),
    createdAfter === undefined ? undefined : gte(calls.createdAt, createdAfter),
    createdBefore === undefined ? undefined : lt(calls.createdAt, createdBefore),
  );
}

export function createHistory(db: Db): History {
  return {
    async call(id) {
      const row = db.select().from(calls).where(eq(calls.id, id)).get();
      return row && rowToCall(row);
    },
    async callByProviderId(providerId, providerCallId) {
      const isIt = and(eq(calls.providerId, providerId), eq(calls.providerCallId, providerCallId));
      const row = db.select().from(calls).where(isIt).get();
      return row && rowToCall(row);
    },
    async calls(filter, window) {
      const { where, orderBy, limit } = keyset(CALLS_NEWEST_FIRST, window);
      const rows = db
        .select()
        .from(calls)
        .where(and(matching(filter), where))
        .orderBy(...orderBy)
        .limit(limit)
        .all();
      return slice(rows.map(rowToCall), window);
    },
    async countCalls(filter) {
      return db.select({ calls: count() }).from(calls).where(matching(filter)).get()?.calls ?? 0;
    },
    async utterance(id) {
      const row = db.select().from(utterances).where(eq(utterances.id, id)).get();
      return row && rowToUtterance(row);
    },
    async utterances(callId, window) {
      const { where, orderBy, limit } = keyset(UTTERANCES_IN_ORDER, window);
      const isIt = and(eq(utterances.callId, callId), where);
      const rows = db
        .select()
        .from(utterances)
        .where(isIt)
        .orderBy(...orderBy)
        .limit(limit)
        .all();
      return slice(rows.map(rowToUtterance), window);
    },
    async countUtterances(callId) {
      const found = db
        .select({ utterances: count() })
        .from(utterances)
        .where(eq(utterances.callId, callId))
        .get();
      return found?.utterances ?? 0;
    },
    async command(id) {
      const row = db.select().from(commands).where(eq(commands.id, id)).get();
      return row && rowToCommand(row);
    },
    async commands(callId, window) {
      const { where, orderBy, limit } = keyset(COMMANDS_NEWEST_FIRST, window);
      const isIt = and(eq(commands.callId, callId), where);
      const rows = db
        .select()
        .from(commands)
        .where(isIt)
        .orderBy(...orderBy)
        .limit(limit)
        .all();
      return slice(rows.map(rowToCommand), window);
    },
    async streams(callId) {
      return db
        .select()
        .from(streams)
        .where(eq(streams.callId, callId))
        .orderBy(asc(streams.startedAt))
        .all();
    },
    async stream(id) {
      return db.select().from(streams).where(eq(streams.id, id)).get();
    },
  };
}
