/** Empty stores in one database. */
import { createFakeClock } from '@sidetone/testkit';
import { getTableName, type Table } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { createPostgresAuditLog } from '../../../src/store/postgres/audit/log.ts';
import { createPostgresEventLog } from '../../../src/store/postgres/event-log.ts';
import { createPostgresHistoryReader } from '../../../src/store/postgres/history/reader.ts';
import { createPostgresLedger } from '../../../src/store/postgres/ledger.ts';
import { createPostgresRecordings, createPostgresWaveforms } from '../../../src/store/postgres/media.ts';
import { joinStore, type Membership } from '../../../src/store/postgres/nodes/join.ts';
import type { PostgresStore } from '../../../src/store/postgres/open-postgres.ts';
import { createPostgresState } from '../../../src/store/postgres/plugin-state.ts';
import { loadPostgresSecrets } from '../../../src/store/postgres/secrets.ts';
import * as schema from '../../../src/store/postgres/schema.ts';
import {
  events,
  calls,
  callTags,
  callNumbers,
  utterances,
  notes,
  commands,
  streams,
  recordings,
  listenings,
  waveforms,
  callTotals,
  callMeasures,
  auditLog,
  accessTokens,
} from '../../../src/store/postgres/schema.ts';
import {
  nameOf,
  rowsIn,
  selectFrom,
  toJson,
  valueOf,
  writable,
} from '../../../src/store/postgres/statements.ts';
import { createPostgresTokens } from '../../../src/store/postgres/tokens.ts';
import { createTestLog } from '../../support/silent-log.ts';
import {
  namedSecrets,
  sorted,
  type ComparedTable,
  type OpenStore,
  type Rows,
  type TestStore,
} from '../../store/suites/engine.ts';

const COMPARED = {
  events,
  calls,
  callTags,
  callNumbers,
  utterances,
  notes,
  commands,
  streams,
  recordings,
  listenings,
  waveforms,
  callTotals,
  callMeasures,
  auditLog,
  accessTokens,
} as const satisfies Record<ComparedTable, PgTable>;

const TABLES = Object.values(schema as Record<string, Table>).map((table) => getTableName(table));

/** Joins as a daemon without a cluster does. */
export const joinAlone = ({ session }: Pick<PostgresStore, 'session'>): Promise<Membership> =>
  joinStore(session, {
    name: 'ada',
    version: '1.0.0',
    isCluster: false,
    clock: createFakeClock(),
    log: createTestLog().log('store'),
    onFenced: () => undefined,
  });

/** Deletes all rows, except what a new database has. */
export const empty = ({ session }: Pick<PostgresStore, 'session'>): Promise<number> =>
  session.run({
    text: [
      // Faster than `truncate` for a few rows. Calls first: their triggers change the totals.
      ...['calls', ...TABLES].map((table) => `delete from ${table}`),
      'insert into log_head (position) values (0)',
      "insert into meta (key, value) values ('audit_head', '0 ')",
    ].join(';'),
  });

/** Returns the ports of a store. */
export function storeOn({ session }: Pick<PostgresStore, 'session'>): TestStore {
  return {
    ledger: createPostgresLedger(session),
    eventLog: createPostgresEventLog({ session, historyReads: session, logId: '', epochs: [] }),
    history: createPostgresHistoryReader(session),
    audit: createPostgresAuditLog(session),
    state: createPostgresState(session),
    tokens: createPostgresTokens(session),
    waveforms: createPostgresWaveforms(session),
    recordings: createPostgresRecordings(session),
    secrets: async () => namedSecrets(await loadPostgresSecrets(session)),
    insertTokens: async (tokens) => {
      const columns = writable(accessTokens);
      await session.run({
        text: `insert into access_tokens (${columns.map((column) => nameOf(accessTokens, column)).join(', ')})
          select ${columns.map((column) => valueOf(accessTokens, column)).join(', ')} from ${rowsIn('$1', accessTokens, columns)}`,
        values: [toJson(tokens)],
      });
    },
    rows: async () => {
      const rows = Object.entries(COMPARED).map(async ([name, table]) => [
        name,
        sorted(await session.rows({ text: selectFrom(table) })),
      ]);
      return Object.fromEntries(await Promise.all(rows)) as Rows;
    },
  };
}

/** Opens the same database each time, empty. */
export const storesOn =
  (store: () => PostgresStore): OpenStore =>
  async () => {
    await empty(store());
    return storeOn(store());
  };
