/**
 * The lists of a call: utterances, commands, events, notes and streams. One statement reads a page of one list for many
 * calls: SQLite seeks the page of each call in an index and reads no row outside of it.
 */
import type { CallId } from '@sidetone/core';
import { and, asc, count, getTableColumns, gt, inArray, sql, type SQL } from 'drizzle-orm';
import type { PageRequest } from '../../history/paging.ts';
import { isAnyOf, type Db } from '../db.ts';
import { rowToCommand, rowToNote, rowToRecord, rowToUtterance } from '../rows.ts';
import { commands, events, notes, streams, utterances } from '../schema.ts';
import { keyset, readLimit, toPage, type SortKey } from './keyset.ts';
import type { HistoryReader } from './queries.ts';

type ListTable = typeof utterances | typeof commands | typeof events | typeof notes | typeof streams;
type Lists = Pick<
  HistoryReader,
  'utterancesOf' | 'utteranceCountsOf' | 'transcriptsOf' | 'commandsOf' | 'eventsOf' | 'notesOf' | 'streamsOf'
>;

const UTTERANCES_IN_ORDER: SortKey = { key: utterances.orderMs, id: utterances.id, descending: false };
const COMMANDS_NEWEST_FIRST: SortKey = { key: commands.requestedAt, id: commands.id, descending: true };

/** Which rows to read of each call. */
interface Selection {
  readonly where?: SQL | undefined;
  readonly orderBy: readonly SQL[];
  /** Rows per call. Default: all. */
  readonly limit?: number;
}

export function createCallLists(db: Db): Lists {
  return {
    utterancesOf: (callIds, page) =>
      readPages(db, utterances, callIds, UTTERANCES_IN_ORDER, page).map((rows) =>
        toPage(rows.map(rowToUtterance), page),
      ),
    utteranceCountsOf: (callIds) => countUtterances(db, callIds),
    transcriptsOf: (callIds) =>
      readRows(db, utterances, callIds, { orderBy: [asc(utterances.orderMs), asc(utterances.id)] }).map(
        (rows) => rows.map(({ party, text }) => ({ party, text })),
      ),
    commandsOf: (callIds, page) =>
      readPages(db, commands, callIds, COMMANDS_NEWEST_FIRST, page).map((rows) =>
        toPage(rows.map(rowToCommand), page),
      ),
    eventsOf: (callIds, { after, limit, types }) =>
      readRows(db, events, callIds, {
        where: and(gt(events.position, after), types && inArray(events.type, [...types])),
        orderBy: [asc(events.position)],
        limit: readLimit({ limit }),
      }).map((rows) => toPage(rows.map(rowToRecord), { limit, backward: false })),
    notesOf: (callIds) =>
      readRows(db, notes, callIds, { orderBy: [asc(notes.at), asc(notes.id)] }).map((rows) =>
        rows.map(rowToNote),
      ),
    streamsOf: (callIds) =>
      readRows(db, streams, callIds, { orderBy: [asc(streams.startedAt), asc(streams.id)] }),
  };
}

/** Returns the selected rows of each call, in the order of `callIds`. */
function readRows<Table extends ListTable>(
  db: Db,
  table: Table,
  callIds: readonly CallId[],
  { where, orderBy, limit }: Selection,
): readonly Table['$inferSelect'][][] {
  const ofParent = and(sql`${table.callId} = parent.value`, where);
  const order = sql.join([...orderBy], sql`, `);
  const selected = sql`select ${table}.rowid from ${table} where ${ofParent} order by ${order} limit ${limit ?? -1}`;
  const rows = db
    .select(getTableColumns(table as typeof utterances))
    .from(sql`json_each(${JSON.stringify(callIds)}) as parent`)
    .innerJoin(table, sql`${table}.rowid in (${selected})`)
    .orderBy(...orderBy)
    .all() as Table['$inferSelect'][];
  return groupByCall(callIds, rows);
}

function readPages<Table extends ListTable>(
  db: Db,
  table: Table,
  callIds: readonly CallId[],
  sort: SortKey,
  page: PageRequest,
): readonly Table['$inferSelect'][][] {
  const [query] = keyset(sort, page);
  return readRows(db, table, callIds, { orderBy: [], ...query, limit: readLimit(page) });
}

function countUtterances(db: Db, callIds: readonly CallId[]): readonly number[] {
  const rows = db
    .select({ callId: utterances.callId, utterances: count() })
    .from(utterances)
    .where(isAnyOf(utterances.callId, callIds))
    .groupBy(utterances.callId)
    .all();
  const counts = new Map(rows.map((row) => [row.callId, row.utterances]));
  return callIds.map((id) => counts.get(id) ?? 0);
}

function groupByCall<Row extends { readonly callId: CallId | null }>(
  callIds: readonly CallId[],
  rows: readonly Row[],
): Row[][] {
  const groups = new Map<CallId | null, Row[]>(callIds.map((id) => [id, []]));
  for (const row of rows) groups.get(row.callId)?.push(row);
  return callIds.map((id) => groups.get(id) ?? []);
}
