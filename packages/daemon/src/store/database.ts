/**
 * Opens the database file: refuses one that is not ours or newer than us before anything is written to it, takes it for
 * this process alone, and brings it up to date.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultError, messageOf } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { eq } from 'drizzle-orm';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import * as schema from './schema.ts';
import { createWordIndex } from './transcript-index.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Marks a file as ours, in SQLite's header: the letters "STON". */
const APPLICATION_ID = 0x53544f4e;

export type Db = BetterSQLite3Database<typeof schema> & { readonly $client: Sqlite.Database };

export interface Database {
  readonly db: Db;
  /** Names this log: drawn once, when the file is made. */
  readonly logId: string;
  close(): void;
}

export type Durability = 'full' | 'normal';

/** @throws {FaultError} STORE_UNREADABLE, STORE_NOT_A_DATABASE, STORE_SCHEMA_NEWER or STORE_IN_USE. */
export function openDatabase(path: string, durability: Durability): Database {
  if (isThere(path)) inspect(path);
  const unlock = lock(path);
  try {
    const sqlite = openFile(path);
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    sqlite.pragma('foreign_keys = ON');
    // What is erased, or replaced, is overwritten with zeros.
    sqlite.pragma('secure_delete = ON');
    const db = drizzle(sqlite, { schema });
    migrate(db, { migrationsFolder: MIGRATIONS });
    createWordIndex(db).fillIfEmpty();
    sqlite.pragma(`application_id = ${APPLICATION_ID}`);
    const close = (): void => {
      sqlite.close();
      unlock();
    };
    return { db, logId: nameLog(db), close };
  } catch (error) {
    unlock();
    throw error;
  }
}

const isThere = (path: string): boolean => existsSync(path) && statSync(path).size > 0;

function openFile(path: string): Sqlite.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new Sqlite(path);
  } catch (cause) {
    throw new FaultError('STORE_UNREADABLE', `${path}: cannot be opened (${messageOf(cause)})`, { cause });
  }
}

/** Looks at a file without changing a byte of it. */
function inspect(path: string): void {
  let sqlite: Sqlite.Database;
  try {
    sqlite = new Sqlite(path, { readonly: true });
  } catch (cause) {
    throw new FaultError('STORE_UNREADABLE', `${path}: cannot be read (${messageOf(cause)})`, { cause });
  }
  try {
    const applicationId = sqlite.pragma('application_id', { simple: true });
    if (applicationId !== APPLICATION_ID) {
      throw new FaultError('STORE_NOT_A_DATABASE', `${path}: is a database of another program`);
    }
    refuseNewer(sqlite, path);
  } catch (cause) {
    if (cause instanceof Sqlite.SqliteError) {
      throw new FaultError('STORE_NOT_A_DATABASE', `${path}: is not a database (${cause.code})`, { cause });
    }
    throw cause;
  } finally {
    sqlite.close();
  }
}

function refuseNewer(sqlite: Sqlite.Database, path: string): void {
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

/** An exclusive lock beside the database, which the operating system drops when this process dies, however it does. */
function lock(path: string): () => void {
  const guard = openFile(`${path}.lock`);
  try {
    guard.pragma('busy_timeout = 0');
    guard.exec('begin exclusive');
  } catch (cause) {
    guard.close();
    const isTaken = (cause as { code?: unknown }).code === 'SQLITE_BUSY';
    if (!isTaken)
      throw new FaultError('STORE_UNREADABLE', `${path}.lock: cannot be locked (${messageOf(cause)})`, {
        cause,
      });
    throw new FaultError('STORE_IN_USE', `${path}: is in use by another daemon`, { cause });
  }
  return () => guard.close();
}

function nameLog(db: Db): string {
  const known = db.select().from(schema.meta).where(eq(schema.meta.key, 'log_id')).get();
  if (known) return known.value;
  const value = randomBytes(6).toString('base64url');
  db.insert(schema.meta).values({ key: 'log_id', value }).run();
  return value;
}
