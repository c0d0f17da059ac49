/** The store in a file of SQLite, with what the file needs while the daemon runs. */
import { statSync } from 'node:fs';
import type { Clock, Logger } from '@sidetone/core';
import type { Countries } from '../calls/numbers/countries.ts';
import { createAuditLog } from './audit/log.ts';
import { openDatabase, type Database } from './database.ts';
import { createEventLog } from './event-log.ts';
import { createHistory } from './history/history.ts';
import { openQueryRunner } from './history/query-runner.ts';
import { createLedger } from './ledger.ts';
import { createRecordingRows, createWaveformStore } from './media.ts';
import { CopyRetention } from './opening/migration-copies.ts';
import { createStateStore } from './plugin-state.ts';
import { secretOf } from './secrets.ts';
import { StoreHealth } from './store-health.ts';
import type { Store } from './store.ts';
import { createTokenStore } from './tokens/token-store.ts';
import { Checkpointer } from './watch/checkpointer.ts';
import { LogMover } from './watch/log-mover.ts';
import { logThreads } from './watch/log-threads.ts';
import { StoreWatch } from './watch/store-watch.ts';

export interface SqliteOptions {
  /** The database file. */
  readonly path: string;
  readonly durability: 'full' | 'normal';
  /** Most copies of the file before migrations. */
  readonly migrationCopies: number;
}

export interface StoreDeps {
  readonly countries: Countries;
  readonly clock: Clock;
  /** Creates the logger of a component. */
  readonly log: (part: string) => Logger;
}

export interface SqliteStore extends Store {
  /** For tests. */
  readonly database: Database;
}

/** @throws {FaultError} of kind store. */
export function openSqlite(
  { path, durability, migrationCopies }: SqliteOptions,
  deps: StoreDeps,
): SqliteStore {
  const database = openDatabase(path, durability, { copies: migrationCopies, log: deps.log('store') });
  try {
    return createSqliteStore(database, deps);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createSqliteStore(database: Database, { countries, clock, log }: StoreDeps): SqliteStore {
  const { db, ownership } = database;
  const health = new StoreHealth(log('store'), ownership.assert);
  const ledger = createLedger(db, health, countries);
  const runner = openQueryRunner(database, { clock, log: log('history') });
  const eventLog = createEventLog(database);
  const upkeep = createUpkeep(database, health, { clock, log: log('store') });
  return {
    database,
    ledger,
    reads: ledger,
    eventLog,
    startPosition: eventLog.latest(),
    history: createHistory(runner.run),
    audit: createAuditLog(db, health),
    state: createStateStore(db, health),
    accessTokens: createTokenStore(db, health),
    waveforms: createWaveformStore(db, health),
    recordings: createRecordingRows(db),
    health,
    description: describe(database),
    file: db.$client.name,
    secret: (name) => secretOf(db, name, health),
    waitingQueries: () => runner.waiting(),
    connections: () => [],
    start() {
      for (const part of upkeep) part.start();
    },
    async close() {
      try {
        await runner.close();
        for (const part of upkeep.toReversed()) await part.stop();
      } finally {
        database.close();
      }
    },
  };
}

interface Upkeep {
  start(): void;
  stop(): void | Promise<void>;
}

function createUpkeep(
  { db: { $client: sqlite }, ownership }: Database,
  health: StoreHealth,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): readonly Upkeep[] {
  const path = sqlite.name;
  const start = logThreads({ path });
  // Node.js cannot run TypeScript in a thread: from sources, SQLite moves its log itself.
  const runsFromSources = import.meta.url.endsWith('.ts');
  return [
    new StoreWatch({ path, ownership, health, clock, log }),
    new Checkpointer({ sqlite, clock, log }),
    ...(runsFromSources ? [] : [new LogMover({ sqlite, start, clock, log })]),
    new CopyRetention(path, clock, log),
  ];
}

function describe({ db, migrations, copy }: Database): Store['description'] {
  const path = db.$client.name;
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  return { path, migrations, ...(copy !== undefined && { copy }), bytes };
}
