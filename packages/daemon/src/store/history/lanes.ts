/**
 * History as the daemon answers it: by two other threads, so that what is quick does not wait behind what may be long.
 * Where the sources run as they are, in tests, the answers come from this thread.
 */
import type { Clock, Logger } from '@sidetone/core';
import type { Database } from '../database.ts';
import { askReader, type Ask, type Question } from './history.ts';
import { createHistoryReader } from './reader.ts';
import { HistoryWorker, startThreads, type StartThread } from './worker.ts';

/** QUICK is bounded by what is asked for; LONG may have to look at every call. */
type Lane = 'QUICK' | 'LONG';

const LANES = {
  callsById: 'QUICK',
  callsByProviderId: 'QUICK',
  utterancesById: 'QUICK',
  commandsById: 'QUICK',
  streamsById: 'QUICK',
  utterancesOf: 'QUICK',
  utteranceCountsOf: 'QUICK',
  transcriptsOf: 'QUICK',
  commandsOf: 'QUICK',
  eventsOf: 'QUICK',
  notesOf: 'QUICK',
  streamsOf: 'QUICK',
  calls: 'LONG',
  countCalls: 'LONG',
  callTotals: 'LONG',
  callBuckets: 'LONG',
  search: 'LONG',
} as const satisfies Record<Question, Lane>;

export interface HistoryLanes {
  readonly ask: Ask;
  close(): Promise<void>;
}

export interface HistoryLanesDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Begins with the first question; whoever opens it closes it, before the database. */
export function openHistory(database: Database, deps: HistoryLanesDeps): HistoryLanes {
  const runsFromSources = import.meta.url.endsWith('.ts');
  if (runsFromSources) {
    return { ask: askReader(createHistoryReader(database.db)), close: async () => undefined };
  }
  return createLanes(startThreads({ path: database.db.$client.name }), deps);
}

export function createLanes(start: StartThread, deps: HistoryLanesDeps): HistoryLanes {
  const workers = {
    QUICK: new HistoryWorker({ ...deps, start }),
    LONG: new HistoryWorker({ ...deps, start }),
  } as const satisfies Record<Lane, HistoryWorker>;
  return {
    ask: (name, ...args) => workers[LANES[name]].ask(name, ...args),
    async close() {
      await Promise.all([workers.QUICK.close(), workers.LONG.close()]);
    },
  };
}
