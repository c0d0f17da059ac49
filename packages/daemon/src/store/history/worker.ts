/**
 * Queues history queries for one thread and sends them one at a time, so that no query blocks the event loop. A running
 * SQLite statement cannot be interrupted from another thread, so a query that times out ends its thread; the next query
 * starts another one.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { RunQuery } from './queries.ts';
import type { QueryRequest, QueryResponse, StartThread, Thread } from './threads.ts';

/** Time limit of a query, ms. */
export const QUERY_TIMEOUT_MS = 10_000;
/** Time limit of a query in the queue, ms. */
export const QUEUE_TIMEOUT_MS = 20_000;
/** Most queries in the queue. */
export const MAX_QUEUED = 1000;

export interface HistoryWorkerDeps {
  readonly start: StartThread;
  readonly clock: Clock;
  readonly log: Logger;
}

type Failed = Extract<QueryResponse, { isSuccess: false }>;

interface PendingQuery extends QueryRequest {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  /** Cancels the timeout in the queue, or that of the query once it runs. */
  cancelTimer: () => void;
}

export class HistoryWorker {
  readonly #deps: HistoryWorkerDeps;
  readonly #queue: PendingQuery[] = [];
  #current: PendingQuery | undefined;
  #thread: Thread | undefined;
  #isClosed = false;
  #lastId = 0;

  constructor(deps: HistoryWorkerDeps) {
    this.#deps = deps;
  }

  /** Number of queries in the queue. */
  get waiting(): number {
    return this.#queue.length;
  }

  readonly run: RunQuery = (name, ...args) =>
    new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(draining());
      if (this.#queue.length >= MAX_QUEUED) {
        const message = `history queries: ${MAX_QUEUED} are queued already`;
        return reject(new FaultError('LIMIT_EXCEEDED', message, { details: { maximum: MAX_QUEUED } }));
      }
      const query: PendingQuery = {
        id: ++this.#lastId,
        name,
        args,
        resolve,
        reject,
        cancelTimer: () => undefined,
      };
      query.cancelTimer = this.#deps.clock.schedule(QUEUE_TIMEOUT_MS, () => this.#onQueueTimeout(query));
      this.#queue.push(query);
      this.#sendNext();
    });

  /** Ends the thread and rejects pending queries. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const pending = [...(this.#current ? [this.#current] : []), ...this.#queue.splice(0)];
    this.#current = undefined;
    for (const { cancelTimer, reject } of pending) {
      cancelTimer();
      reject(draining());
    }
    await this.#endThread();
  }

  #sendNext(): void {
    if (this.#current) return;
    const query = this.#queue.shift();
    if (!query) return;
    this.#current = query;
    query.cancelTimer();
    query.cancelTimer = this.#deps.clock.schedule(QUERY_TIMEOUT_MS, () => this.#onQueryTimeout(query));
    const { id, name, args } = query;
    try {
      this.#thread ??= this.#startThread();
      this.#thread.send({ id, name, args });
    } catch (error) {
      this.#onThreadFailed(messageOf(error));
    }
  }

  #startThread(): Thread {
    const thread = this.#deps.start({
      onResponse: (response) => {
        if (thread === this.#thread) this.#settle(response);
      },
      onExit: (reason) => {
        if (thread === this.#thread) this.#onThreadFailed(reason);
      },
    });
    return thread;
  }

  #settle(response: QueryResponse): void {
    const query = this.#takeCurrent();
    if (!query) return;
    if (response.isSuccess) query.resolve(response.value as never);
    else query.reject(errorOf(query.name, response));
    this.#sendNext();
  }

  #onThreadFailed(reason: string): void {
    this.#thread = undefined;
    const query = this.#takeCurrent();
    this.#deps.log.error('history thread failed, restarting', { query: query?.name, reason });
    query?.reject(new FaultError('HISTORY_UNAVAILABLE', 'the history thread failed during the query'));
    this.#sendNext();
  }

  #onQueryTimeout(query: PendingQuery): void {
    if (query !== this.#current) return;
    this.#takeCurrent();
    void this.#endThread();
    this.#deps.log.warn('history query timed out', { query: query.name, timeoutMs: QUERY_TIMEOUT_MS });
    query.reject(timedOut('query timed out', QUERY_TIMEOUT_MS));
    this.#sendNext();
  }

  #onQueueTimeout(query: PendingQuery): void {
    const index = this.#queue.indexOf(query);
    if (index === -1) return;
    this.#queue.splice(index, 1);
    query.reject(timedOut('query timed out in the queue', QUEUE_TIMEOUT_MS));
  }

  #takeCurrent(): PendingQuery | undefined {
    const query = this.#current;
    this.#current = undefined;
    query?.cancelTimer();
    return query;
  }

  async #endThread(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }
}

function errorOf(name: string, { code, reason, details = {} }: Failed): Error {
  return code === undefined ? new Error(`${name}: ${reason}`) : new FaultError(code, reason, { details });
}

const draining = (): FaultError => new FaultError('DAEMON_DRAINING', 'the daemon is stopping');

const timedOut = (message: string, maximumMs: number): FaultError =>
  new FaultError('HISTORY_TIMEOUT', `${message} after ${maximumMs / 1000} s`, { details: { maximumMs } });
