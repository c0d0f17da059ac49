/** Queries of history that wait for others: a limited number, for a limited time. */
import { FaultError, type Clock } from '@sidetone/core';

/** Time limit of a query, ms. */
export const QUERY_TIMEOUT_MS = 10_000;
/** Time limit of a query in the queue, ms. */
export const QUEUE_TIMEOUT_MS = 20_000;
/** Most queries in the queue. */
export const MAX_QUEUED = 1000;

interface Rejectable {
  readonly reject: (error: Error) => void;
}

export class QueryQueue<Query extends Rejectable> {
  readonly #clock: Pick<Clock, 'schedule'>;
  readonly #entries: { readonly query: Query; readonly cancelTimer: () => void }[] = [];
  #isClosed = false;

  constructor(clock: Pick<Clock, 'schedule'>) {
    this.#clock = clock;
  }

  /** Number of queries in the queue. */
  get waiting(): number {
    return this.#entries.length;
  }

  /** Adds a query, or rejects it: at once if there are too many, or later if it has waited too long. */
  add(query: Query): void {
    if (this.#isClosed) return query.reject(draining());
    if (this.#entries.length >= MAX_QUEUED) {
      const message = `history queries: ${MAX_QUEUED} are queued already`;
      return query.reject(new FaultError('LIMIT_EXCEEDED', message, { details: { maximum: MAX_QUEUED } }));
    }
    const cancelTimer = this.#clock.schedule(QUEUE_TIMEOUT_MS, () => {
      this.#entries.splice(this.#entries.indexOf(entry), 1);
      query.reject(timedOut('query timed out in the queue', QUEUE_TIMEOUT_MS));
    });
    const entry = { query, cancelTimer };
    this.#entries.push(entry);
  }

  /** Removes the first query and returns it. */
  next(): Query | undefined {
    const entry = this.#entries.shift();
    entry?.cancelTimer();
    return entry?.query;
  }

  /** Rejects all queries, and those that are added later. */
  close(): void {
    this.#isClosed = true;
    for (let query = this.next(); query; query = this.next()) query.reject(draining());
  }
}

export const draining = (): FaultError => new FaultError('DAEMON_DRAINING', 'the daemon is stopping');

export const timedOut = (message: string, maximumMs: number): FaultError =>
  new FaultError('HISTORY_TIMEOUT', `${message} after ${maximumMs / 1000} s`, { details: { maximumMs } });
