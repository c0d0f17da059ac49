/**
 * Answers every question about history, at once: plain values in, plain values out, so that it can stand in another
 * thread. What is asked of single rows, or of single calls, is asked for many together and answered in their order.
 */
import type {
  Call,
  CallId,
  CallRecord,
  CommandId,
  ProviderCallId,
  ProviderId,
  StreamId,
  UtteranceId,
} from '@sidetone/core';
import { and, count, sql } from 'drizzle-orm';
import { NEWEST_FIRST, type CallOrder, type CallOrderField } from '../../history/call-order.ts';
import type { BucketTotals } from '../../history/stats-bucket.ts';
import type { CallFilter, StoredCommand, StoredNote, StoredUtterance } from '../../calls/ports.ts';
import type {
  CallTotals,
  EventWindow,
  StoredStream,
  TranscriptLine,
  TranscriptMatch,
} from '../../history/ports.ts';
import type { Page, PageRequest } from '../../history/paging.ts';
import type { StatsBucket } from '../../history/stats-bucket.ts';
import type { Db } from '../database.ts';
import { createCallLists } from './lists.ts';
import { matching } from './filter.ts';
import { makeInterruptible } from './interruptible.ts';
import { isOneOf } from './one-of.ts';
import { keyset, readLimit, slice, type SortKey } from './keyset.ts';
import { rowToCall, rowToCommand, rowToUtterance } from '../rows.ts';
import { calls, commands, streams, utterances } from '../schema.ts';
import { createSearch } from './search.ts';
import { createStats } from './stats.ts';

type Keys<Key> = readonly Key[];
/** One answer for each key, in their order. */
type Each<Answer> = readonly Answer[];

export interface HistoryReader {
  callsById(ids: Keys<CallId>): Each<Call | undefined>;
  callsByProviderId(ids: Keys<readonly [ProviderId, ProviderCallId]>): Each<Call | undefined>;
  utterancesById(ids: Keys<UtteranceId>): Each<StoredUtterance | undefined>;
  commandsById(ids: Keys<CommandId>): Each<StoredCommand | undefined>;
  streamsById(ids: Keys<StreamId>): Each<StoredStream | undefined>;

  utterancesOf(callIds: Keys<CallId>, window: PageRequest): Each<Page<StoredUtterance>>;
  utteranceCountsOf(callIds: Keys<CallId>): Each<number>;
  transcriptsOf(callIds: Keys<CallId>): Each<readonly TranscriptLine[]>;
  commandsOf(callIds: Keys<CallId>, window: PageRequest): Each<Page<StoredCommand>>;
  eventsOf(callIds: Keys<CallId>, window: EventWindow): Each<Page<CallRecord>>;
  notesOf(callIds: Keys<CallId>): Each<readonly StoredNote[]>;
  streamsOf(callIds: Keys<CallId>): Each<readonly StoredStream[]>;

  calls(filter: CallFilter, window: PageRequest, order?: CallOrder): Page<Call>;
  countCalls(filter: CallFilter): number;
  callTotals(filter: CallFilter): readonly CallTotals[];
  callBuckets(filter: CallFilter, bucket: StatsBucket, limit: number): readonly BucketTotals[];
  search(words: string, filter: CallFilter, window: PageRequest): Page<TranscriptMatch>;
}

const SORT_COLUMNS = {
  CREATED_AT: { key: calls.createdAt, nullable: false },
  ENDED_AT: { key: calls.endedAt, nullable: true },
  DURATION: { key: calls.durationMs, nullable: true },
} as const satisfies Record<CallOrderField, Pick<SortKey, 'key' | 'nullable'>>;

const sortKeyOf = ({ field, direction }: CallOrder): SortKey => ({
  ...SORT_COLUMNS[field],
  id: calls.id,
  descending: direction === 'DESC',
});

export function createHistoryReader(db: Db): HistoryReader {
  makeInterruptible(db.$client);
  return {
    ...createCallLists(db),
    ...createStats(db),
    ...createSearch(db),
    callsById(ids) {
      const rows = db.select().from(calls).where(isOneOf(calls.id, ids)).all();
      return inOrder(ids, rows.map(rowToCall), ({ id }) => id);
    },
    callsByProviderId(ids) {
      const wanted = sql`(${calls.providerId}, ${calls.providerCallId}) in (select value ->> 0, value ->> 1 from json_each(${JSON.stringify(ids)}))`;
      const rows = db.select().from(calls).where(wanted).all();
      const keyOf = (pair: readonly [string, string]): string => JSON.stringify(pair);
      return inOrder(ids.map(keyOf), rows.map(rowToCall), (call) =>
        keyOf([call.providerId, call.providerCallId]),
      );
    },
    utterancesById(ids) {
      const rows = db.select().from(utterances).where(isOneOf(utterances.id, ids)).all();
      return inOrder(ids, rows.map(rowToUtterance), ({ utterance }) => utterance.id);
    },
    commandsById(ids) {
      const rows = db.select().from(commands).where(isOneOf(commands.id, ids)).all();
      return inOrder(ids, rows.map(rowToCommand), ({ command }) => command.id);
    },
    streamsById(ids) {
      const rows = db.select().from(streams).where(isOneOf(streams.id, ids)).all();
      return inOrder(ids, rows, ({ id }) => id);
    },
    calls(filter, window, order = NEWEST_FIRST) {
      const read: (typeof calls.$inferSelect)[] = [];
      // Of one moment, where it takes two statements: a call may end in between.
      db.transaction(() => {
        for (const { where, orderBy } of keyset(sortKeyOf(order), window)) {
          const missing = readLimit(window) - read.length;
          if (missing === 0) return;
          const rows = db
            .select()
            .from(calls)
            .where(and(matching(filter), where))
            .orderBy(...orderBy)
            .limit(missing)
            .all();
          read.push(...rows);
        }
      });
      return slice(read.map(rowToCall), window);
    },
    countCalls: (filter) =>
      db.select({ calls: count() }).from(calls).where(matching(filter)).get()?.calls ?? 0,
  };
}

function inOrder<Key, Row>(
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): Each<Row | undefined> {
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => found.get(key));
}
