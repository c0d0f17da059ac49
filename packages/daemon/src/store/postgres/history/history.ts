/**
 * History over PostgreSQL. A limited number of queries runs at a time, so that long ones leave connections for quick ones; the
 * others wait in a queue.
 */
import { isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { History } from '../../../history/ports.ts';
import { createHistory } from '../../history/history.ts';
import { QUERY_DURATIONS, type QueryDuration, type QueryName, type RunQuery } from '../../history/queries.ts';
import { draining, QUERY_TIMEOUT_MS, QueryQueue, timedOut } from '../../history/query-queue.ts';
import { HISTORY_CONNECTIONS } from '../connection/options.ts';
import { createPostgresHistoryReader, type PostgresHistoryReader } from './reader.ts';
import type { Reads } from '../connection/history-reads.ts';

/** Queries that run at a time. */
export const CONCURRENT_QUERIES = {
  QUICK: HISTORY_CONNECTIONS / 2,
  LONG: HISTORY_CONNECTIONS / 2,
} as const satisfies Record<QueryDuration, number>;

export interface HistoryDeps {
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Logger;
}

export interface PostgresHistory {
  readonly history: History;
  /** Returns the number of queries in the queues. */
  waiting(): number;
  /** Rejects pending queries with DAEMON_DRAINING. Close it before the connections. */
  close(): void;
}

export function createPostgresHistory(reads: Reads, deps: HistoryDeps): PostgresHistory {
  const reader = createPostgresHistoryReader(reads);
  const lanes = {
    QUICK: new Lane(CONCURRENT_QUERIES.QUICK, deps),
    LONG: new Lane(CONCURRENT_QUERIES.LONG, deps),
  } as const satisfies Record<QueryDuration, Lane>;
  const run: RunQuery = (name, ...args) =>
    lanes[QUERY_DURATIONS[name]].run(name, () => callReader(reader, name, args)) as never;
  return {
    history: createHistory(run),
    waiting: () => lanes.QUICK.waiting + lanes.LONG.waiting,
    close() {
      lanes.QUICK.close();
      lanes.LONG.close();
    },
  };
}

/** Runs a query of a reader by name. The one cast of such a call is here. */
function callReader(
  reader: PostgresHistoryReader,
  name: QueryName,
  args: readonly unknown[],
): Promise<unknown> {
  const query = reader[name] as (...args: readonly unknown[]) => Promise<unknown>;
  return query(...args);
}

interface PendingQuery {
  readonly name: QueryName;
  readonly task: () => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class Lane {
  readonly #most: number;
  readonly #deps: HistoryDeps;
  readonly #queue: QueryQueue<PendingQuery>;
  readonly #running = new Set<PendingQuery>();

  constructor(most: number, deps: HistoryDeps) {
    this.#most = most;
    this.#deps = deps;
    this.#queue = new QueryQueue(deps.clock);
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  run(name: QueryName, task: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#queue.add({ name, task, resolve, reject });
      this.#startNext();
    });
  }

  close(): void {
    this.#queue.close();
    for (const { reject } of this.#running) reject(draining());
  }

  #startNext(): void {
    while (this.#running.size < this.#most) {
      const query = this.#queue.next();
      if (!query) return;
      this.#running.add(query);
      void this.#execute(query);
    }
  }

  /** A query that times out is rejected, and keeps its connection until the server has ended its statement. */
  async #execute(query: PendingQuery): Promise<void> {
    let isRejected = false;
    const fail = (error: unknown): void => {
      if (isRejected) return;
      isRejected = true;
      this.#logFailure(query.name, error);
      query.reject(error);
    };
    const cancelTimer = this.#deps.clock.schedule(QUERY_TIMEOUT_MS, () =>
      fail(timedOut('query timed out', QUERY_TIMEOUT_MS)),
    );
    try {
      query.resolve(await query.task());
    } catch (error) {
      fail(error);
    } finally {
      cancelTimer();
      this.#running.delete(query);
      this.#startNext();
    }
  }

  #logFailure(query: QueryName, error: unknown): void {
    if (!isFault(error)) return;
    const { log } = this.#deps;
    if (error.code === 'HISTORY_TIMEOUT') log.warn('history query timed out', { query });
    if (error.code === 'HISTORY_UNAVAILABLE')
      log.error('history query failed', { query, reason: messageOf(error.cause) });
  }
}
