/** Answers the queries of history over one connection, synchronously. */
import { sql } from 'drizzle-orm';
import { isAnyOf, makeInterruptible, type Db } from '../db.ts';
import { rowToCall, rowToCommand, rowToUtterance } from '../rows.ts';
import { calls, commands, streams, utterances } from '../schema.ts';
import { createSearchExpansion } from '../search/expansion.ts';
import { createAuditPages } from './audit.ts';
import { createCallPages } from './calls/call-pages.ts';
import { createCallLists } from './lists.ts';
import type { HistoryReader } from './queries.ts';
import { createSearch } from './search.ts';
import { createStats } from './stats.ts';
import { createTagList } from './tags.ts';

export function createHistoryReader(db: Db): HistoryReader {
  makeInterruptible(db.$client);
  const expand = createSearchExpansion(db);
  return {
    ...createLookups(db),
    ...createCallLists(db),
    ...createCallPages(db, expand),
    ...createStats(db, expand),
    ...createSearch(db, expand),
    ...createAuditPages(db),
    ...createTagList(db),
  };
}

type Lookups = 'callsById' | 'callsByProviderId' | 'utterancesById' | 'commandsById' | 'streamsById';

function createLookups(db: Db): Pick<HistoryReader, Lookups> {
  return {
    callsById(ids) {
      const rows = db.select().from(calls).where(isAnyOf(calls.id, ids)).all();
      return inOrder(ids, rows.map(rowToCall), ({ id }) => id);
    },
    callsByProviderId(ids) {
      const isListed = sql`(${calls.providerId}, ${calls.providerCallId}) in (select value ->> 0, value ->> 1 from json_each(${JSON.stringify(ids)}))`;
      const rows = db.select().from(calls).where(isListed).all();
      const keyOf = (pair: readonly [string, string]): string => JSON.stringify(pair);
      return inOrder(ids.map(keyOf), rows.map(rowToCall), (call) =>
        keyOf([call.providerId, call.providerCallId]),
      );
    },
    utterancesById(ids) {
      const rows = db.select().from(utterances).where(isAnyOf(utterances.id, ids)).all();
      return inOrder(ids, rows.map(rowToUtterance), ({ utterance }) => utterance.id);
    },
    commandsById(ids) {
      const rows = db.select().from(commands).where(isAnyOf(commands.id, ids)).all();
      return inOrder(ids, rows.map(rowToCommand), ({ command }) => command.id);
    },
    streamsById(ids) {
      const rows = db.select().from(streams).where(isAnyOf(streams.id, ids)).all();
      return inOrder(ids, rows, ({ id }) => id);
    },
  };
}

/** Returns the row of each key, in the order of the keys. */
function inOrder<Key, Row>(
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): readonly (Row | undefined)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key));
}
