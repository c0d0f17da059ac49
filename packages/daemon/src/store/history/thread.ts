/**
 * Entry point of a history thread: answers queries over its own read-only connection, one at a time and in order.
 * Started by `threads.ts`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { isFault, messageOf } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { lowerPriority } from '../../loop/thread-priority.ts';
import * as schema from '../schema.ts';
import { callReader } from './queries.ts';
import { createHistoryReader } from './reader.ts';
import type { QueryRequest, QueryResponse, ThreadOptions } from './threads.ts';

const { path } = workerData as ThreadOptions;
lowerPriority();
const reader = createHistoryReader(drizzle(open(path), { schema }));

parentPort?.on('message', (request: QueryRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(respond(request));
});

function respond({ id, name, args }: QueryRequest): QueryResponse {
  try {
    return { id, isSuccess: true, value: callReader(reader, name, args) };
  } catch (error) {
    const rejected = isFault(error) && { code: error.code, details: error.details };
    return { id, isSuccess: false, reason: messageOf(error), ...rejected };
  }
}

function open(file: string): Sqlite.Database {
  try {
    return new Sqlite(file, { readonly: true });
  } catch (cause) {
    // A SqliteError loses its message when it leaves a thread.
    throw new Error(messageOf(cause), { cause });
  }
}
