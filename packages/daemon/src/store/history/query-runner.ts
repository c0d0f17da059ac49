/**
 * Runs history queries in two threads, so that quick queries do not wait for long ones. If the daemon runs from TypeScript
 * sources (in tests and development), queries run in the main thread.
 */
import type { Clock, Logger } from '@sidetone/core';
import type { Database } from '../database.ts';
import {
  callReader,
  QUERY_DURATIONS,
  type HistoryReader,
  type QueryDuration,
  type RunQuery,
} from './queries.ts';
import { createHistoryReader } from './reader.ts';
import { startThreads, type StartThread } from './threads.ts';
import { HistoryWorker } from './worker.ts';

export interface QueryRunner {
  readonly run: RunQuery;
  /** Returns the number of queries in the queues. */
  waiting(): number;
  /** Ends the threads; close it before the database. Pending queries are rejected with DAEMON_DRAINING. */
  close(): Promise<void>;
}

export interface QueryRunnerDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Threads start with their first query. */
export function openQueryRunner({ db }: Pick<Database, 'db'>, deps: QueryRunnerDeps): QueryRunner {
  const runsFromSources = import.meta.url.endsWith('.ts');
  if (runsFromSources) {
    const run = runInThisThread(createHistoryReader(db));
    return { run, waiting: () => 0, close: async () => undefined };
  }
  return createThreadedRunner(startThreads({ path: db.$client.name }), deps);
}

export function createThreadedRunner(start: StartThread, deps: QueryRunnerDeps): QueryRunner {
  const workers = {
    QUICK: new HistoryWorker({ ...deps, start }),
    LONG: new HistoryWorker({ ...deps, start }),
  } as const satisfies Record<QueryDuration, HistoryWorker>;
  return {
    run: (name, ...args) => workers[QUERY_DURATIONS[name]].run(name, ...args),
    waiting: () => workers.QUICK.waiting + workers.LONG.waiting,
    async close() {
      await Promise.all([workers.QUICK.close(), workers.LONG.close()]);
    },
  };
}

export function runInThisThread(reader: HistoryReader): RunQuery {
  return async (name, ...args) => callReader(reader, name, args) as never;
}
