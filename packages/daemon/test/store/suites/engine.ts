/** An engine of the store, as the suites see it: the ports with promises, and every row for comparison. */
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { AuditLog } from '../../../src/access/audit.ts';
import type { StoredToken, TokenStore } from '../../../src/access/tokens/stored-token.ts';
import type { WaveformStore } from '../../../src/audio/ports.ts';
import { NO_COUNTRIES } from '../../../src/calls/numbers/countries.ts';
import type { CallLedger, EventLog } from '../../../src/calls/ports.ts';
import type { StateStore } from '../../../src/plugins/ports.ts';
import type { RecordingRows } from '../../../src/recording/ports.ts';
import { createAuditLog } from '../../../src/store/audit/log.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import type { Db } from '../../../src/store/db.ts';
import { createEventLog } from '../../../src/store/event-log.ts';
import { createHistoryReader } from '../../../src/store/history/reader.ts';
import { createLedger } from '../../../src/store/ledger.ts';
import { createRecordingRows, createWaveformStore } from '../../../src/store/media.ts';
import { SECRET_NAMES, secretOf, type SecretName, type Secrets } from '../../../src/store/secrets.ts';
import { createStateStore } from '../../../src/store/plugin-state.ts';
import type { StoredReads } from '../../../src/calls/loading/ports.ts';
import type { Asynchronous } from '../../../src/store/postgres/asynchronous.ts';
import type { PostgresHistoryReader } from '../../../src/store/postgres/history/reader.ts';
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
  meta,
  pluginState,
} from '../../../src/store/schema.ts';
import { createTokenStore } from '../../../src/store/tokens/token-store.ts';

/** The tables whose rows do not depend on random values. */
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
} as const;

export type ComparedTable = keyof typeof COMPARED;
export type Rows = Readonly<Record<ComparedTable, readonly object[]>>;

export interface TestStore {
  readonly ledger: Asynchronous<CallLedger & StoredReads>;
  readonly eventLog: Pick<Asynchronous<EventLog>, 'page' | 'latest'>;
  readonly history: PostgresHistoryReader;
  readonly audit: Asynchronous<AuditLog>;
  readonly state: Asynchronous<StateStore>;
  readonly tokens: Asynchronous<TokenStore>;
  readonly waveforms: Asynchronous<WaveformStore>;
  readonly recordings: Asynchronous<RecordingRows>;
  /** Reads all keys, as a daemon that starts. */
  secrets(): Promise<Readonly<Record<SecretName, string>>>;
  /** Writes rows of access tokens. */
  insertTokens(tokens: readonly StoredToken[]): Promise<void>;
  /** Every row of every table, in an order that does not depend on the engine. */
  rows(): Promise<Rows>;
}

/** Opens an empty store; the ones that it opened before are of no use then. */
export type OpenStore = () => Promise<TestStore>;

/** Returns an order of rows by their values. */
export const sorted = (rows: readonly object[]): readonly object[] =>
  rows
    .map((row) => [JSON.stringify(row), row] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);

/** Returns the methods of a synchronous port as promises. */
function asynchronous<Port extends object>(port: Port): Asynchronous<Port> {
  const entries = Object.entries(port).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, asynchronous(value as object)];
    // eslint-disable-next-line @typescript-eslint/require-await -- turns what it throws into a rejection
    return [name, async (...args: unknown[]) => (value as (...given: unknown[]) => unknown)(...args)];
  });
  return Object.fromEntries(entries) as Asynchronous<Port>;
}

/** Returns the keys as text. */
export const namedSecrets = (secrets: Secrets): Readonly<Record<SecretName, string>> =>
  Object.fromEntries(
    SECRET_NAMES.map((name) => [name, Buffer.from(secrets(name)).toString('hex')]),
  ) as Record<SecretName, string>;

/** Opens one database in a folder, which is emptied each time. It is closed after the test file. */
export function sqliteStores(folder: string): OpenStore {
  let database: Database | undefined;
  afterAll(() => database?.close());
  return () => {
    database ??= openDatabase(join(folder, 'test.db'), 'normal');
    const { db } = database;
    empty(db);
    const rows = Object.entries(COMPARED).map(
      ([name, table]) => [name, () => sorted(db.select().from(table).all())] as const,
    );
    const eventLog = createEventLog({ db, logId: '', epochs: [] });
    return Promise.resolve({
      ledger: asynchronous(createLedger(db, undefined, NO_COUNTRIES)),
      eventLog: asynchronous({ page: eventLog.page, latest: eventLog.latest }),
      history: asynchronous(createHistoryReader(db)),
      audit: asynchronous(createAuditLog(db)),
      state: asynchronous(createStateStore(db)),
      tokens: asynchronous(createTokenStore(db)),
      waveforms: asynchronous(createWaveformStore(db)),
      recordings: asynchronous(createRecordingRows(db)),
      secrets: () => Promise.resolve(namedSecrets((name) => secretOf(db, name))),
      insertTokens: (tokens) =>
        Promise.resolve(
          void db
            .insert(accessTokens)
            .values([...tokens])
            .run(),
        ),
      rows: () =>
        Promise.resolve(Object.fromEntries(rows.map(([name, read]) => [name, read()])) as unknown as Rows),
    });
  };
}

/** Calls first: their triggers change the totals. */
function empty(db: Db): void {
  db.transaction(() => {
    for (const table of [calls, ...Object.values(COMPARED), pluginState, meta]) db.delete(table).run();
    db.$client.exec("delete from utterance_words; delete from sqlite_sequence where name = 'events'");
  });
}
