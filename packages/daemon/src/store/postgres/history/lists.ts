/** The lists of a call. One statement reads a page of one list for many calls, each by a range of an index. */
import type { CallId } from '@sidetone/core';
import type { QueryResultRow } from 'pg';
import type { PageRequest } from '../../../history/paging.ts';
import { readLimit, toPage } from '../../history/keyset.ts';
import type { HistoryReader } from '../../history/queries.ts';
import { rowToCommand, rowToNote, rowToRecord, rowToUtterance } from '../../rows.ts';
import type { Asynchronous } from '../asynchronous.ts';
import { Parameters } from '../parameters.ts';
import type { Reads } from '../connection/history-reads.ts';
import { commands, events, notes, streams, utterances } from '../schema.ts';
import { nameOf, selectFrom, type ColumnOf } from '../statements.ts';
import { keysetQueries } from './keyset.ts';

type ListTable = typeof utterances | typeof commands | typeof events | typeof notes | typeof streams;
type Lists = Pick<
  HistoryReader,
  'utterancesOf' | 'utteranceCountsOf' | 'transcriptsOf' | 'commandsOf' | 'eventsOf' | 'notesOf' | 'streamsOf'
>;

/** The properties by which a list is sorted. */
interface Sort<Table extends ListTable> {
  readonly table: Table;
  readonly key: ColumnOf<Table>;
  readonly id: ColumnOf<Table>;
  readonly direction: 'asc' | 'desc';
}

const UTTERANCES = { table: utterances, key: 'orderMs', id: 'id', direction: 'asc' } as const;
const COMMANDS = { table: commands, key: 'requestedAt', id: 'id', direction: 'desc' } as const;
const EVENTS = { table: events, key: 'position', id: 'position', direction: 'asc' } as const;
const NOTES = { table: notes, key: 'at', id: 'id', direction: 'asc' } as const;
const STREAMS = { table: streams, key: 'startedAt', id: 'id', direction: 'asc' } as const;

export function createPostgresLists(reads: Reads): Asynchronous<Lists> {
  const read = <Table extends ListTable>(...args: ReadArguments<Table>) => readRows(reads, ...args);
  const readPages = async <Table extends ListTable>(
    callIds: readonly CallId[],
    sort: Sort<Table>,
    page: PageRequest,
  ) => {
    const names = { key: nameOf(sort.table, sort.key), id: nameOf(sort.table, sort.id) };
    const [query] = keysetQueries({ ...names, descending: sort.direction === 'desc' }, page);
    const parameters = new Parameters();
    const { where, direction } = query!(parameters);
    return read(callIds, { ...sort, direction }, { where, parameters, limit: readLimit(page) });
  };
  return {
    utterancesOf: async (callIds, page) =>
      (await readPages(callIds, UTTERANCES, page)).map((rows) => toPage(rows.map(rowToUtterance), page)),
    async utteranceCountsOf(callIds) {
      const rows = await reads.rows<{ callId: CallId; n: number }>({
        text: 'select call_id as "callId", count(*) as n from utterances where call_id = any($1) group by call_id',
        values: [callIds],
      });
      const counts = new Map(rows.map(({ callId, n }) => [callId, n]));
      return callIds.map((id) => counts.get(id) ?? 0);
    },
    transcriptsOf: async (callIds) =>
      (await read(callIds, UTTERANCES)).map((rows) => rows.map(({ party, text }) => ({ party, text }))),
    commandsOf: async (callIds, page) =>
      (await readPages(callIds, COMMANDS, page)).map((rows) => toPage(rows.map(rowToCommand), page)),
    async eventsOf(callIds, { after, limit, types }) {
      const parameters = new Parameters();
      const isType = types ? `and type = any(${parameters.add(types)})` : '';
      const where = `position > ${parameters.add(after)} ${isType}`;
      const rows = await read(callIds, EVENTS, { where, parameters, limit: readLimit({ limit }) });
      return rows.map((found) => toPage(found.map(rowToRecord), { limit, backward: false }));
    },
    notesOf: async (callIds) => (await read(callIds, NOTES)).map((rows) => rows.map(rowToNote)),
    streamsOf: (callIds) => read(callIds, STREAMS),
  };
}

/** Which rows to read of each call. Default: all. */
interface Selection {
  readonly where: string;
  readonly parameters: Parameters;
  readonly limit: number | null;
}

type ReadArguments<Table extends ListTable> = [
  callIds: readonly CallId[],
  sort: Sort<Table>,
  selection?: Selection,
];

/** Returns the selected rows of each call, in the order of `callIds`. */
async function readRows<Table extends ListTable>(
  reads: Reads,
  ...[callIds, sort, selection]: ReadArguments<Table>
): Promise<readonly Table['$inferSelect'][][]> {
  const { table, key, id, direction } = sort;
  const { where, parameters, limit } = selection ?? {
    where: 'true',
    parameters: new Parameters(),
    limit: null,
  };
  const order = `${nameOf(table, key)} ${direction}, ${nameOf(table, id)} ${direction}`;
  const rows = await reads.rows<Table['$inferSelect'] & QueryResultRow>({
    text: `select r.* from unnest(${parameters.add(callIds)}::text[]) as parent(id)
      cross join lateral (
        ${selectFrom(table)} where call_id = parent.id and ${where} order by ${order} limit ${parameters.add(limit)}
      ) as r
      order by r."${key}" ${direction}, r."${id}" ${direction}`,
    values: parameters.values,
  });
  const groups = new Map<CallId | null, Table['$inferSelect'][]>(callIds.map((callId) => [callId, []]));
  for (const row of rows) groups.get(row.callId)?.push(row);
  return callIds.map((callId) => groups.get(callId) ?? []);
}
