/**
 * Opens the database file: rejects a file of another program or a newer release before writing to it, locks it for this
 * process, and runs the migrations. A new file appears under its name only when it is complete.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import {
  APPLICATION_ID,
  createIfMissing,
  hasContent,
  inspect,
  lock,
  makePrivate,
  resolveDatabasePath,
} from './opening/database-file.ts';
import type { LogEpoch } from '../calls/ports.ts';
import type { Db } from './db.ts';
import { beginEpoch, latestPosition } from './opening/log-epochs.ts';
import { copyBeforeMigration } from './opening/migration-copies.ts';
import { migrate, needsMigration } from './opening/migrate.ts';
import { Ownership, rejectRunningOwner } from './opening/ownership.ts';
import * as schema from './schema.ts';
import { openFailure } from './store-failure.ts';
import { createTranscriptIndex } from './transcript-index.ts';

export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

export interface Database {
  readonly db: Db;
  /** Random id of the event log, created with the file. Part of every cursor. */
  readonly logId: string;
  /** The epochs of the event log, oldest first; the last one began with this start. */
  readonly epochs: readonly LogEpoch[];
  readonly ownership: Ownership;
  /** Number of migrations that were applied when it was opened. */
  readonly migrations: number;
  /** The copy of the file before them. */
  readonly copy?: string;
  /** Closes the file and releases its lock. */
  close(): void;
}

type Durability = 'full' | 'normal';

/** Default of `storage.migrationCopies`. */
export const MIGRATION_COPIES = 2;

export interface OpenOptions {
  /** Most copies of the file before a migration that are kept; without any, none is made. */
  readonly copies?: number;
  /** Receives that a copy is being made: a large one takes a minute. */
  readonly log?: Pick<Logger, 'info'>;
}

/**
 * Files that it creates are private to their owner.
 * @throws {FaultError} of kind store.
 */
export function openDatabase(
  path: string,
  durability: Durability,
  { copies = MIGRATION_COPIES, log }: OpenOptions = {},
): Database {
  let file = path;
  let unlock = (): void => undefined;
  let sqlite: Sqlite.Database | undefined;
  try {
    file = resolveDatabasePath(path);
    if (hasContent(file)) inspect(file, MIGRATIONS);
    unlock = lock(file);
    const isNew = createIfMissing(file, initialise);
    makePrivate(file);
    sqlite = new Sqlite(file);
    return prepare(sqlite, { file, durability, unlock, isNew, copies, log });
  } catch (error) {
    sqlite?.close();
    unlock();
    throw openFailure(file, error);
  }
}

interface Opening {
  readonly file: string;
  readonly durability: Durability;
  readonly unlock: () => void;
  readonly isNew: boolean;
  readonly copies: number;
  readonly log: OpenOptions['log'];
}

function prepare(
  sqlite: Sqlite.Database,
  { file, durability, unlock, isNew, copies, log }: Opening,
): Database {
  rejectRunningOwner(sqlite, file);
  sqlite.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  const before = isNew ? 0 : countMigrations(sqlite);
  const copy = needsMigration(sqlite, MIGRATIONS)
    ? copyBeforeMigration(sqlite, file, before, { kept: copies, log })
    : undefined;
  const db = initialise(sqlite);
  const migrations = countMigrations(sqlite) - before;
  const logId = readLogId(db);
  // From here on, no statement may block the event loop; writes are retried by their callers.
  sqlite.pragma('busy_timeout = 0');
  const ownership = new Ownership(sqlite, file);
  const epochs = releaseOnError(ownership, () => beginEpoch(db, latestPosition(sqlite)));
  checkpoint(sqlite);
  const close = (): void => {
    ownership.release();
    sqlite.close();
    unlock();
  };
  return { db, logId, epochs, ownership, migrations, ...(copy !== undefined && { copy }), close };
}

function releaseOnError<Result>(ownership: Ownership, task: () => Result): Result {
  try {
    return task();
  } catch (error) {
    ownership.release();
    throw error;
  }
}

/** Prepares a connection, and creates or migrates the tables. Each step can be repeated. */
function initialise(sqlite: Sqlite.Database): Db {
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('foreign_keys = ON');
  // Overwrites deleted content with zeros.
  sqlite.pragma('secure_delete = ON');
  // Before the first table, so that an existing empty file is recognised as ours if the start fails later.
  sqlite.pragma(`application_id = ${APPLICATION_ID}`);
  const db = drizzle(sqlite, { schema });
  migrate(sqlite, MIGRATIONS);
  createTranscriptIndex(db).fillIfEmpty();
  return db;
}

/**
 * Moves the write-ahead log into the file: a copy of the file alone is then recognised as ours, and a daemon that opens it by
 * a hard link, which has a log of its own, finds the owner.
 */
function checkpoint(sqlite: Sqlite.Database): void {
  try {
    sqlite.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // SQLite does it with a later commit; a failure of the disk is reported by the first write.
  }
}

function countMigrations(sqlite: Sqlite.Database): number {
  const exists = sqlite.prepare("select 1 from sqlite_schema where name = '__drizzle_migrations'").get();
  return exists ? (sqlite.prepare('select count(*) from __drizzle_migrations').pluck().get() as number) : 0;
}

function readLogId(db: Db): string {
  const stored = db.select().from(schema.meta).where(eq(schema.meta.key, 'log_id')).get();
  if (stored) return stored.value;
  const value = randomBytes(6).toString('base64url');
  db.insert(schema.meta).values({ key: 'log_id', value }).run();
  return value;
}
