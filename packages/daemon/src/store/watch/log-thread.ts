/**
 * Entry point of the thread that moves the write-ahead log into the database file, over its own connection. A passive checkpoint
 * waits for nobody, and nobody waits for it. Started by `log-threads.ts`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import type { LogThreadOptions } from './log-threads.ts';

const { path } = workerData as LogThreadOptions;
const sqlite = new Sqlite(path, { fileMustExist: true });
sqlite.pragma('busy_timeout = 0');

parentPort?.on('message', () => {
  try {
    sqlite.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // Tried again with the next move; a failure of the disk is reported by the next write.
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage('moved');
});
