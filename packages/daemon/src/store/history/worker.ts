/**
 * Queues history queries for one thread and sends them one at a time, so that no query blocks the event loop. A running
 * SQLite statement cannot be interrupted from another thread, so a query that times out ends its thread; the next query
 * starts another one.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { RunQuery } from './queries.ts';
import { draining, QUERY_TIMEOUT_MS, QueryQueue, timedOut } from './query-queue.ts';
import type { QueryRequest, QueryResponse, StartThread, Thread } from './threads.ts';

export interface HistoryWorkerDeps {
  readonly start: StartThread;
  readonly clock: Clock;
  readonly log: Logger;
}

type Failed = Extract<QueryResponse, { isSuccess: false }>;

interface PendingQuery extends QueryRequest {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  /** Cancels the timeout of the query once it runs. */
  cancelTimer: () => void;
}

export class HistoryWorker {
  readonly #deps: HistoryWorkerDeps;
  readonly #queue: QueryQueue<PendingQuery>;
  #current: PendingQuery | undefined;
  #thread: Thread | undefined;
  #lastId = 0;

  constructor(deps: HistoryWorkerDeps) {
    this.#deps = deps;
    this.#queue = new QueryQueue(deps.clock);
  }

  /** Number of queries in the queue. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  readonly run: RunQuery = (name, ...args) =>
    new Promise((resolve, reject) => {
      this.#queue.add({ id: ++this.#lastId, name, args, resolve, reject, cancelTimer: () => undefined });
      this.#sendNext();
    });

  /** Ends the thread and rejects pending queries. */
  async close(): Promise<void> {
    this.#queue.close();
    this.#takeCurrent()?.reject(draining());
    await this.#endThread();
  }

  #sendNext(): void {
    if (this.#current) return;
    const query = this.#queue.next();
    if (!query) return;
    this.#current = query;
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
