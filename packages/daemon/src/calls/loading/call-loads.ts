/**
 * Runs work on calls when they are in memory: now, or in the order of its arrival once the call has been loaded. If the store
 * cannot be read, the work waits, up to a limit, and the load is retried.
 */
import { AsyncResource } from 'node:async_hooks';
import { FaultError, isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import { backOffMs } from '@sidetone/plugin-kit';
import { refKey, type CallRef } from './call-ref.ts';
import type { CallReads, LoadNeeds } from './ports.ts';

const RETRY = { firstMs: 250, maxMs: 5000 } as const;

interface Work {
  readonly needs: LoadNeeds;
  readonly task: () => void;
}

interface Waiter {
  readonly works: Set<Work>;
  readonly resolve: () => void;
  readonly reject: (fault: FaultError) => void;
}

export interface CallLoadsDeps {
  readonly load: NonNullable<CallReads['load']>;
  readonly clock: Pick<Clock, 'delay'>;
  readonly log: Pick<Logger, 'error'>;
  /** Most work that waits: `limits.pendingEvents`. */
  readonly limit: number;
}

export class CallLoads {
  readonly #deps: CallLoadsDeps;
  readonly #queues = new Map<string, Work[]>();
  readonly #waiting = new Set<Work>();
  readonly #stopping = new AbortController();
  #waiters: Waiter[] = [];
  /** Why calls cannot be loaded; undefined while they can. */
  #failure: FaultError | undefined;

  constructor(deps: CallLoadsDeps) {
    this.#deps = deps;
  }

  /** Work that waits for its call. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Runs a task, which must not throw, when its call is loaded.
   * @throws {FaultError} STORE_WRITE_FAILED if it would have to wait and the limit is reached; a fault of kind store if an
   * embedded store fails.
   */
  run(ref: CallRef, needs: LoadNeeds, task: () => void): void {
    const key = refKey(ref);
    const queue = this.#queues.get(key);
    if (queue) return this.#add(queue, needs, task);
    const loading = this.#deps.load(ref, needs);
    if (!loading) return task();
    const started: Work[] = [];
    this.#add(started, needs, task);
    this.#queues.set(key, started);
    void this.#work(key, ref, started, loading);
  }

  /** Resolves when a call is loaded. Undefined if it is. Rejects with a fault of kind store; not retried. */
  ready(ref: CallRef, needs: LoadNeeds = {}): Promise<void> | undefined {
    return this.#deps.load(ref, needs);
  }

  /** Resolves when all work so far has run; undefined if none waits. Rejects with a fault of kind store while loads fail. */
  settled(): Promise<void> | undefined {
    if (this.#waiting.size === 0) return undefined;
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) =>
      this.#waiters.push({ works: new Set(this.#waiting), resolve, reject }),
    );
  }

  /** Gives up the work that waits, and returns how much it was. */
  close(): number {
    const lost = this.#waiting.size;
    this.#stopping.abort();
    this.#queues.clear();
    this.#waiting.clear();
    this.#reject(new FaultError('STORE_WRITE_FAILED', 'the daemon stops before the call is loaded'));
    return lost;
  }

  #add(queue: Work[], needs: LoadNeeds, task: () => void): void {
    if (this.#waiting.size >= this.#deps.limit)
      throw new FaultError('STORE_WRITE_FAILED', 'too many events wait for their calls to be loaded');
    // The task belongs to the request that brought it.
    const work = { needs, task: AsyncResource.bind(task) };
    queue.push(work);
    this.#waiting.add(work);
  }

  /** Never rejects. */
  async #work(key: string, ref: CallRef, queue: Work[], first: Promise<void>): Promise<void> {
    let loading: Promise<void> | undefined = first;
    for (let work = queue[0]; work && !this.#stopping.signal.aborted; work = queue[0]) {
      await this.#loaded(ref, work.needs, loading);
      loading = undefined;
      if (this.#stopping.signal.aborted) return;
      work.task();
      queue.shift();
      this.#done(work);
    }
    if (this.#queues.get(key) === queue) this.#queues.delete(key);
  }

  async #loaded(ref: CallRef, needs: LoadNeeds, first: Promise<void> | undefined): Promise<void> {
    const { load, clock } = this.#deps;
    const { signal } = this.#stopping;
    let loading = first;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await (loading ?? load(ref, needs));
        this.#failure = undefined;
        return;
      } catch (error) {
        this.#fail(error);
      }
      loading = undefined;
      await clock.delay(backOffMs(RETRY, failures), signal);
    }
  }

  #fail(error: unknown): void {
    const code = isFault(error) && error.kind === 'store' ? error.code : 'STORE_READ_FAILED';
    if (!this.#failure)
      this.#deps.log.error('loading a call failed, retrying', { reason: messageOf(error), error });
    this.#failure = new FaultError(code, 'the call of the event cannot be loaded now', { cause: error });
    this.#reject(this.#failure);
  }

  #done(work: Work): void {
    this.#waiting.delete(work);
    for (const waiter of this.#waiters) waiter.works.delete(work);
    const done = this.#waiters.filter(({ works }) => works.size === 0);
    this.#waiters = this.#waiters.filter(({ works }) => works.size > 0);
    for (const { resolve } of done) resolve();
  }

  #reject(fault: FaultError): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(fault);
  }
}
