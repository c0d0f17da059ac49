/** Finds rows of history by their ids. */
import type { QueryResultRow } from 'pg';
import type { HistoryReader } from '../../history/queries.ts';
import { rowToCall, rowToCommand, rowToUtterance } from '../../rows.ts';
import type { Asynchronous } from '../asynchronous.ts';
import type { Reads } from '../connection/history-reads.ts';
import { calls, commands, streams, utterances } from '../schema.ts';
import { selectFrom } from '../statements.ts';

type Lookups = Pick<
  HistoryReader,
  'callsById' | 'callsByProviderId' | 'utterancesById' | 'commandsById' | 'streamsById'
>;
type Table = typeof calls | typeof commands | typeof streams | typeof utterances;

export function createPostgresLookups(reads: Reads): Asynchronous<Lookups> {
  const byId = async <T extends Table, Value>(
    table: T,
    ids: readonly string[],
    convert: (row: T['$inferSelect']) => Value,
  ): Promise<readonly (Value | undefined)[]> => {
    const rows = await reads.rows<T['$inferSelect'] & QueryResultRow>({
      text: `${selectFrom(table)} where id = any($1)`,
      values: [ids],
    });
    const found = new Map(rows.map((row) => [row.id as string, convert(row)]));
    return ids.map((id) => found.get(id));
  };
  return {
    callsById: (ids) => byId(calls, ids, rowToCall),
    async callsByProviderId(pairs) {
      const rows = await reads.rows<typeof calls.$inferSelect>({
        text: `${selectFrom(calls)} where (provider_id, provider_call_id) in (select * from unnest($1::text[], $2::text[]))`,
        values: [pairs.map(([provider]) => provider), pairs.map(([, call]) => call)],
      });
      const found = new Map(rows.map((row) => [`${row.providerId}\n${row.providerCallId}`, rowToCall(row)]));
      return pairs.map((pair) => found.get(pair.join('\n')));
    },
    utterancesById: (ids) => byId(utterances, ids, rowToUtterance),
    commandsById: (ids) => byId(commands, ids, rowToCommand),
    streamsById: (ids) => byId(streams, ids, (row) => row),
  };
}
