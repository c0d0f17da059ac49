/**
 * The lists of a call: what was said, asked, written and heard in it. A page of one list of many calls is one statement:
 * within it, SQLite seeks the page of each call in the index, and reads no row beyond it.
 */
import type { CallId } from '@sidetone/core';
import { and, asc, count, getTableColumns, gt, inArray, sql, type SQL } from 'drizzle-orm';
import type { PageRequest } from '../../history/paging.ts';
import type { Db } from '../database.ts';
import type { HistoryReader } from './reader.ts';
import { isOneOf } from './one-of.ts';
import { keyset, readLimit, slice, type SortKey } from './keyset.ts';
import { rowToCommand, rowToNote, rowToRecord, rowToUtterance } from '../rows.ts';
import { commands, events, notes, streams, utterances } from '../schema.ts';

type ListTable = typeof utterances | typeof commands | typeof events | typeof notes | typeof streams;
type Lists = Pick<
  HistoryReader,
  'utterancesOf' | 'utteranceCountsOf' | 'transcriptsOf' | 'commandsOf' | 'eventsOf' | 'notesOf' | 'streamsOf'
>;

const UTTERANCES_IN_ORDER: SortKey = { key: utterances.orderMs, id: utterances.id, descending: false };
const COMMANDS_NEWEST_FIRST: SortKey = { key: commands.requestedAt, id: commands.id, descending: true };

interface Part {
  readonly where?: SQL | undefined;
  readonly orderBy: readonly SQL[];
  /** Rows of each call; all of them without it. */
  readonly limit?: number;
}

export function createCallLists(db: Db): Lists {
  /** Some rows of each call. */
  function of<Table extends ListTable>(
    table: Table,
    callIds: readonly CallId[],
    { where, orderBy, limit }: Part,
  ): readonly Table['$inferSelect'][][] {
    const ofOne = and(sql`${table.callId} = parent.value`, where);
    const order = sql.join([...orderBy], sql`, `);
    const wanted = sql`select ${table}.rowid from ${table} where ${ofOne} order by ${order} limit ${limit ?? -1}`;
    const rows = db
      .select(getTableColumns(table as typeof utterances))
      .from(sql`json_each(${JSON.stringify(callIds)}) as parent`)
      .innerJoin(table, sql`${table}.rowid in (${wanted})`)
      .orderBy(...orderBy)
      .all() as Table['$inferSelect'][];
    return grouped(callIds, rows);
  }

  const pageOf = <Table extends ListTable>(
    table: Table,
    callIds: readonly CallId[],
    sort: SortKey,
    window: PageRequest,
  ) => {
    const [query] = keyset(sort, window);
    return of(table, callIds, { orderBy: [], ...query, limit: readLimit(window) });
  };

  return {
    utterancesOf: (callIds, window) =>
      pageOf(utterances, callIds, UTTERANCES_IN_ORDER, window).map((rows) =>
        slice(rows.map(rowToUtterance), window),
      ),
    utteranceCountsOf(callIds) {
      const counts = db
        .select({ callId: utterances.callId, utterances: count() })
        .from(utterances)
        .where(isOneOf(utterances.callId, callIds))
        .groupBy(utterances.callId)
        .all();
      const found = new Map(counts.map((row) => [row.callId, row.utterances]));
      return callIds.map((id) => found.get(id) ?? 0);
    },
    transcriptsOf: (callIds) =>
      of(utterances, callIds, { orderBy: [asc(utterances.orderMs), asc(utterances.id)] }).map((rows) =>
        rows.map(({ party, text }) => ({ party, text })),
      ),
    commandsOf: (callIds, window) =>
      pageOf(commands, callIds, COMMANDS_NEWEST_FIRST, window).map((rows) =>
        slice(rows.map(rowToCommand), window),
      ),
    eventsOf: (callIds, { after, limit, types }) =>
      of(events, callIds, {
        where: and(gt(events.position, after), types && inArray(events.type, [...types])),
        orderBy: [asc(events.position)],
        limit: readLimit({ limit }),
      }).map((rows) => slice(rows.map(rowToRecord), { limit, backward: false })),
    notesOf: (callIds) =>
      of(notes, callIds, { orderBy: [asc(notes.at), asc(notes.id)] }).map((rows) => rows.map(rowToNote)),
    streamsOf: (callIds) => of(streams, callIds, { orderBy: [asc(streams.startedAt), asc(streams.id)] }),
  };
}

function grouped<Row extends { readonly callId: CallId | null }>(
  callIds: readonly CallId[],
  rows: readonly Row[],
): Row[][] {
  const found = new Map<CallId | null, Row[]>(callIds.map((id) => [id, []]));
  for (const row of rows) found.get(row.callId)?.push(row);
  return callIds.map((id) => found.get(id) ?? []);
}
