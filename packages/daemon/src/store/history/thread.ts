/**
 * The other thread: answers questions about history over a connection of its own, which reads what is committed and
 * cannot write. One question at a time, in order. Started by `history-worker.ts` and by nothing else.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { createHistoryReader } from './reader.ts';
import type { ThreadAnswer, ThreadOptions, ThreadQuestion } from './worker.ts';
import * as schema from '../schema.ts';

const { path } = workerData as ThreadOptions;
const reader = createHistoryReader(drizzle(open(path), { schema }));

parentPort?.on('message', ({ id, name, args }: ThreadQuestion) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(answerTo(id, name, args));
});

function answerTo(id: number, name: ThreadQuestion['name'], args: readonly unknown[]): ThreadAnswer {
  try {
    const answer = reader[name] as (...args: readonly unknown[]) => unknown;
    return { id, isAnswer: true, value: answer(...args) };
  } catch (error) {
    return { id, isAnswer: false, reason: messageOf(error) };
  }
}

function open(file: string): Sqlite.Database {
  try {
    return new Sqlite(file, { readonly: true });
  } catch (cause) {
    // An error of SQLite's loses its message on its way out of a thread.
    throw new Error(messageOf(cause), { cause });
  }
}
