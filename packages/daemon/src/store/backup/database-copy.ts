/**
 * Copies a database while a daemon writes to it, over a connection of its own, with the backup API of SQLite. A read transaction
 * keeps the snapshot: without it, each write of the daemon would start the copy again.
 */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { PRIVATE_FILE, REST_FACTOR, SYNC_BYTES } from '../../files/copy-file.ts';
import { latestPosition } from '../opening/log-epochs.ts';
import type { DatabaseState } from './manifest.ts';

/** Pages that are copied in one step, 1 MB. */
const PAGES_PER_STEP = 256;

export interface DatabaseCopyOptions {
  /** Receives the copied part, from 0 to 1. */
  readonly onProgress?: (part: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Creates the target: one file, without a write-ahead log.
 * @throws errors of SQLite or the file system, and the reason of the signal. An incomplete target is left to the caller.
 */
export async function copyDatabase(
  source: string,
  target: string,
  { onProgress, signal }: DatabaseCopyOptions = {},
): Promise<void> {
  const file = openSync(target, 'wx', PRIVATE_FILE);
  const sqlite = new Sqlite(source, { readonly: true, fileMustExist: true });
  try {
    sqlite.exec('begin');
    sqlite.prepare('select 1 from sqlite_schema').get();
    const pageBytes = sqlite.pragma('page_size', { simple: true }) as number;
    let synced = 0;
    await sqlite.backup(target, {
      progress({ totalPages, remainingPages }) {
        signal?.throwIfAborted();
        const copied = totalPages - remainingPages;
        if ((copied - synced) * pageBytes >= SYNC_BYTES) {
          const started = performance.now();
          fdatasyncSync(file);
          synced = copied;
          rest(REST_FACTOR * (performance.now() - started));
        }
        onProgress?.(totalPages === 0 ? 1 : copied / totalPages);
        return PAGES_PER_STEP;
      },
    });
    signal?.throwIfAborted();
  } finally {
    sqlite.close();
    closeSync(file);
  }
  makeSingleFile(target);
}

const NEVER_SET = new Int32Array(new SharedArrayBuffer(4));

/** Blocks: the copy has a process of its own. */
const rest = (ms: number): void => void Atomics.wait(NEVER_SET, 0, 0, ms);

/** The copy is in WAL mode like its source, so that reading it would create files beside it. */
function makeSingleFile(path: string): void {
  const sqlite = new Sqlite(path);
  try {
    sqlite.pragma('journal_mode = delete');
  } finally {
    sqlite.close();
  }
}

/** Reads what the manifest states about a database, of any release. */
export function readState(sqlite: Sqlite.Database): DatabaseState {
  const has = (table: string): boolean =>
    sqlite.prepare('select 1 from sqlite_schema where name = ?').get(table) !== undefined;
  const first = <Value>(sql: string): Value | undefined => sqlite.prepare<[], Value>(sql).pluck().get();
  const newestEpoch = 'select id from log_epochs order by starts_after desc limit 1';
  return {
    logId: (has('meta') ? first<string>(`select value from meta where key = 'log_id'`) : undefined) ?? '',
    epoch: (has('log_epochs') ? first<string>(newestEpoch) : undefined) ?? null,
    position: has('sqlite_sequence') ? latestPosition(sqlite) : 0,
    migrations: has('__drizzle_migrations')
      ? (first<number>('select count(*) from __drizzle_migrations') ?? 0)
      : 0,
  };
}
