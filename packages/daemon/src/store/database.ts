/**
 * Opens the database file: rejects a file of another program or a newer release before writing to it, locks it for this
 * process, and runs the migrations.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultError, messageOf } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import type { Db } from './db.ts';
import * as schema from './schema.ts';
import { storeFailure } from './store-failure.ts';
import { createTranscriptIndex } from './transcript-index.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Identifies our files in SQLite's header: the letters "STON". */
const APPLICATION_ID = 0x53544f4e;

export interface Database {
  readonly db: Db;
  /** Random id of the event log, created with the file. Part of every cursor. */
  readonly logId: string;
  /** Closes the file and releases its lock. */
  close(): void;
}

type Durability = 'full' | 'normal';

/** @throws {FaultError} STORE_UNREADABLE, STORE_NOT_A_DATABASE, STORE_SCHEMA_NEWER or STORE_IN_USE. */
export function openDatabase(path: string, durability: Durability): Database {
  if (hasContent(path)) inspect(path);
  const unlock = lock(path);
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = openFile(path);
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    sqlite.pragma('foreign_keys = ON');
    // Overwrites deleted content with zeros.
    sqlite.pragma('secure_delete = ON');
    const db = drizzle(sqlite, { schema });
    migrate(db, { migrationsFolder: MIGRATIONS });
    createTranscriptIndex(db).fillIfEmpty();
    sqlite.pragma(`application_id = ${APPLICATION_ID}`);
    const logId = readLogId(db);
    // From here on, no statement may block the event loop; writes are retried by their callers.
    sqlite.pragma('busy_timeout = 0');
    return { db, logId, close: () => release(sqlite, unlock) };
  } catch (error) {
    release(sqlite, unlock);
    throw storeFailure(error, 'write') ?? error;
  }
}

function release(sqlite: Sqlite.Database | undefined, unlock: () => void): void {
  sqlite?.close();
  unlock();
}

const hasContent = (path: string): boolean => existsSync(path) && statSync(path).size > 0;

function openFile(path: string): Sqlite.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new Sqlite(path);
  } catch (cause) {
    throw new FaultError('STORE_UNREADABLE', `${path}: open failed (${messageOf(cause)})`, { cause });
  }
}

/** Checks whether a file is ours and of a known schema version, without changing it. */
function inspect(path: string): void {
  let sqlite: Sqlite.Database;
  try {
    sqlite = new Sqlite(path, { readonly: true });
  } catch (cause) {
    throw new FaultError('STORE_UNREADABLE', `${path}: read failed (${messageOf(cause)})`, { cause });
  }
  try {
    const applicationId = sqlite.pragma('application_id', { simple: true });
    if (applicationId !== APPLICATION_ID) {
      throw new FaultError(
        'STORE_NOT_A_DATABASE',
        `${path}: expected a database of Sidetone, found one of another program`,
      );
    }
    rejectNewer(sqlite, path);
  } catch (cause) {
    if (cause instanceof Sqlite.SqliteError) {
      throw new FaultError('STORE_NOT_A_DATABASE', `${path}: is not a database (${cause.code})`, { cause });
    }
    throw cause;
  } finally {
    sqlite.close();
  }
}

function rejectNewer(sqlite: Sqlite.Database, path: string): void {
  const applied = sqlite.prepare('select max(created_at) from __drizzle_migrations').pluck().get() as
    number | null;
  const journal = JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number }[];
  };
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  if (Number(applied) > newest) {
    throw new FaultError('STORE_SCHEMA_NEWER', `${path}: was written by a newer release of Sidetone`);
  }
}

/**
 * Takes an exclusive lock on a file next to the database and returns a function that releases it. The operating system
 * releases it when the process ends, even if it is killed.
 */
function lock(path: string): () => void {
  const guard = openFile(`${path}.lock`);
  try {
    guard.pragma('busy_timeout = 0');
    guard.exec('begin exclusive');
  } catch (cause) {
    guard.close();
    const isLocked = (cause as { code?: unknown }).code === 'SQLITE_BUSY';
    if (!isLocked)
      throw new FaultError('STORE_UNREADABLE', `${path}.lock: lock failed (${messageOf(cause)})`, {
        cause,
      });
    throw new FaultError('STORE_IN_USE', `${path}: is in use by another daemon`, { cause });
  }
  return () => guard.close();
}

function readLogId(db: Db): string {
  const stored = db.select().from(schema.meta).where(eq(schema.meta.key, 'log_id')).get();
  if (stored) return stored.value;
  const value = randomBytes(6).toString('base64url');
  db.insert(schema.meta).values({ key: 'log_id', value }).run();
  return value;
}
