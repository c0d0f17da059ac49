/** The database file on disk: its path, its permissions, its identity, and the lock that keeps out a second daemon. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FaultError } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { makeFolders } from '../../files/folders.ts';

/** Identifies our files in SQLite's header: the letters "STON". */
export const APPLICATION_ID = 0x53544f4e;

export const PRIVATE_FILE = 0o600;
/** Suffix of a database that is being created. */
const DRAFT = '.new';
/** Permissions of other users. Those of the group stay as the operator has set them. */
const OTHERS = 0o007;
/** Files that SQLite or the daemon keeps next to the database. */
const COMPANIONS = ['-wal', '-shm', '.lock'];

/** The files of a database and their folder, which the daemon must be able to write. */
export const pathsOf = (path: string): readonly string[] => [
  dirname(path),
  path,
  ...COMPANIONS.map((suffix) => path + suffix),
];

/** Returns the path with all links resolved, and creates its folder. @throws errors of the file system. */
export function resolveDatabasePath(path: string): string {
  if (existsSync(path)) {
    const real = realpathSync(path);
    if (!statSync(real).isFile())
      throw new FaultError('STORE_UNREADABLE', `${path}: expected a regular file`);
    return real;
  }
  makeFolders(dirname(path));
  return join(realpathSync(dirname(path)), basename(path));
}

/** Creates the file if it does not exist, for its owner only, and removes the permissions of other users from an existing one. */
export function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', PRIVATE_FILE));
  for (const file of [path, ...COMPANIONS.map((suffix) => path + suffix)]) {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & OTHERS) !== 0) chmodSync(file, mode & 0o7777 & ~OTHERS);
  }
}

/**
 * Creates a database that does not exist, complete or not at all: it is built under another name, written to the disk, and
 * renamed. Call it while the lock is held. Returns whether it was created. @throws errors of SQLite or the file system; nothing is left then.
 */
export function createIfMissing(path: string, build: (sqlite: Sqlite.Database) => void): boolean {
  if (existsSync(path)) return false;
  const draft = `${path}${DRAFT}`;
  // Left by a start that was killed.
  removeDatabase(draft);
  try {
    makePrivate(draft);
    const sqlite = new Sqlite(draft);
    try {
      build(sqlite);
      sqlite.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      sqlite.close();
    }
    sync(draft);
    renameSync(draft, path);
    sync(dirname(path));
    return true;
  } catch (error) {
    removeDatabase(draft);
    throw error;
  }
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}

/** Writes a file, or the names in a folder, to the disk. */
export function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export const hasContent = (path: string): boolean => existsSync(path) && statSync(path).size > 0;

/** Identifies the file that a path leads to; undefined if there is none. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

/**
 * Checks that a file is ours and of a known schema version, without changing it.
 * @throws {FaultError} STORE_NOT_A_DATABASE, STORE_SCHEMA_NEWER or STORE_DAMAGED, or an error of SQLite.
 */
export function inspect(path: string, migrationsFolder: string): void {
  const sqlite = openForReading(path);
  try {
    // A start that failed or was killed may have left an empty database.
    if (sqlite.prepare('select 1 from sqlite_schema limit 1').get() === undefined) return;
    if (sqlite.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
      throw new FaultError(
        'STORE_NOT_A_DATABASE',
        `${path}: expected a database of Sidetone, found one of another program`,
      );
    }
    rejectNewer(sqlite, path, migrationsFolder);
  } finally {
    sqlite.close();
  }
}

/**
 * A transaction that was interrupted outside WAL mode, such as the first one of a start that was killed, must be rolled back
 * before the file can be read; every program does so when it opens the file.
 */
function openForReading(path: string): Sqlite.Database {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    sqlite.prepare('select 1 from sqlite_schema limit 1').get();
    return sqlite;
  } catch (error) {
    sqlite.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_READONLY_ROLLBACK') throw error;
    return new Sqlite(path);
  }
}

function rejectNewer(sqlite: Sqlite.Database, path: string, migrationsFolder: string): void {
  const migrations = sqlite.prepare(`select 1 from sqlite_schema where name = '__drizzle_migrations'`).get();
  // The first start did not get so far.
  if (migrations === undefined) return;
  const applied = sqlite.prepare('select max(created_at) from __drizzle_migrations').pluck().get() as
    number | null;
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as {
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
 * @throws {FaultError} STORE_IN_USE, or an error of SQLite or the file system.
 */
export function lock(path: string): () => void {
  closeSync(openSync(`${path}.lock`, 'a', PRIVATE_FILE));
  const guard = new Sqlite(`${path}.lock`);
  try {
    guard.pragma('busy_timeout = 0');
    guard.exec('begin exclusive');
  } catch (cause) {
    guard.close();
    if ((cause as { code?: unknown }).code !== 'SQLITE_BUSY') throw cause;
    throw new FaultError('STORE_IN_USE', `${path}: is in use by another daemon`, { cause });
  }
  return () => guard.close();
}
