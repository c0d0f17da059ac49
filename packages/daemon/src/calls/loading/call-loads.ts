/**
 * Runs work on calls when they are in memory: now, or in the order of its arrival once the call has been loaded. If the store
 * cannot be read, the work waits, up to a limit, and the load is retried.
 */
import { AsyncResource } from 'node:async_hooks';
import { FaultError, isFault, messageOf, type Clock, type Logger } from '@sidetone/core';
import { backOffMs } from '@sidetone/plugin-kit';
import { refKey, type CallRef } from './call-ref.ts';
import type { CallReads, LoadNeeds, Owner } from './ports.ts';

const RETRY = { firstMs: 250, maxMs: 5000 } as const;

/**
 * Sends work to the owner of its call. Resolves when it is done there, or with HANDED_OVER if the owner has given up the call, so
 * that the work is done here. Rejects with NOT_OWNER, or another fault: it is retried.
 */
export type Forward = (owner: Owner) => Promise<void | 'HANDED_OVER'>;

interface Work {
  readonly needs: LoadNeeds;
  readonly task: () => void;
  readonly forward: Forward | undefined;
}

interface Waiter {
  readonly works: Set<Work>;
  readonly resolve: () => void;
  readonly reject: (fault: FaultError) => void;
}

export interface CallLoadsDeps {
  readonly load: NonNullable<CallReads['load']>;
  readonly forgetOwner?: CallReads['forgetOwner'];
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
  /** Calls that are given up: their work waits. */
  readonly #sealed = new Map<string, Promise<void>>();
  #waiters: Waiter[] = [];
  /** Why calls cannot be loaded; undefined while they can. */
  #failure: FaultError | undefined;
  /** Why the owners of single calls do not accept their work. */
  readonly #refusals = new Map<string, FaultError>();

  constructor(deps: CallLoadsDeps) {
    this.#deps = deps;
  }

  /** Work that waits for its call. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Runs a task, which must not throw, when its call is loaded. If another node decides about the call, `forward` is called
   * instead; without it, the task is not run.
   * @throws {FaultError} STORE_WRITE_FAILED if it would have to wait and the limit is reached; a fault of kind store if an
   * embedded store fails.
   */
  run(ref: CallRef, needs: LoadNeeds, task: () => void, forward?: Forward): void {
    const key = refKey(ref);
    const queue = this.#queues.get(key);
    if (queue) return this.#add(queue, { needs, task, forward });
    const loading = this.#sealed.has(key) ? Promise.resolve(undefined) : this.#deps.load(ref, needs);
    if (!loading) return task();
    const started: Work[] = [];
    this.#add(started, { needs, task, forward });
    this.#queues.set(key, started);
    void this.#work(key, ref, started, loading);
  }

  /**
   * Resolves when a call is loaded. Undefined if it is. Rejects with NOT_OWNER if another node decides about it, or with a fault
   * of kind store; not retried.
   */
  ready(ref: CallRef, needs: LoadNeeds = {}): Promise<void> | undefined {
    const isSealed = this.#sealed.has(refKey(ref));
    const loading = isSealed ? undefined : this.#deps.load(ref, needs);
    return isSealed || loading ? this.#ready(ref, needs, loading) : undefined;
  }

  async #ready(ref: CallRef, needs: LoadNeeds, first: Promise<Owner | undefined> | undefined): Promise<void> {
    const owner = await this.#ownerOf(ref, needs, first);
    if (owner) throw notOwner(owner);
  }

  /** Loads a call, and waits until it is not sealed. */
  async #ownerOf(
    ref: CallRef,
    needs: LoadNeeds,
    first: Promise<Owner | undefined> | undefined,
  ): Promise<Owner | undefined> {
    const key = refKey(ref);
    let loading = first;
    // It is not awaited if the call is sealed.
    loading?.catch(() => undefined);
    for (;;) {
      const sealed = this.#sealed.get(key);
      if (sealed) {
        await sealed;
        loading = undefined;
        continue;
      }
      loading ??= this.#deps.load(ref, needs);
      if (!loading) return undefined;
      const owner = await loading;
      loading = undefined;
      if (owner) return owner;
      // Until the promise has resolved, the call may have been given up: that is looked up again.
    }
  }

  /** Runs a task while work on calls, under all of their names, waits. Only one at a time for each call. */
  async sealed<Result>(refs: readonly CallRef[], task: () => Promise<Result>): Promise<Result> {
    const keys = refs.map(refKey);
    for (let other = this.#sealOf(keys); other; other = this.#sealOf(keys)) await other;
    let open!: () => void;
    const opened = new Promise<void>((resolve) => (open = resolve));
    for (const key of keys) this.#sealed.set(key, opened);
    try {
      return await task();
    } finally {
      for (const key of keys) this.#sealed.delete(key);
      open();
    }
  }

  /**
   * Resolves when all work so far has run, or that of one call; undefined if none waits. Rejects with a fault while loads fail, or
   * while the owner of one of the calls does not accept its work.
   */
  settled(ref?: CallRef): Promise<void> | undefined {
    const key = ref === undefined ? undefined : refKey(ref);
    const works = key === undefined ? this.#waiting : this.#queues.get(key);
    if (!works || (works instanceof Set ? works.size : works.length) === 0) return undefined;
    const [refusal] = key === undefined ? this.#refusals.values() : [this.#refusals.get(key)];
    const failure = this.#failure ?? refusal;
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => this.#waiters.push({ works: new Set(works), resolve, reject }));
  }

  /** Gives up the work that waits, and returns how much it was. */
  close(): number {
    const lost = this.#waiting.size;
    this.#stopping.abort();
    this.#queues.clear();
    this.#waiting.clear();
    this.#refusals.clear();
    const fault = new FaultError('STORE_WRITE_FAILED', 'the daemon stops before the call is loaded');
    for (const { reject } of this.#takeWaiters(() => true)) reject(fault);
    return lost;
  }

  #sealOf(keys: readonly string[]): Promise<void> | undefined {
    const key = keys.find((each) => this.#sealed.has(each));
    return key === undefined ? undefined : this.#sealed.get(key);
  }

  #add(queue: Work[], { needs, task, forward }: Work): void {
    if (this.#waiting.size >= this.#deps.limit)
      throw new FaultError('STORE_WRITE_FAILED', 'too many events wait for their calls to be loaded');
    // The task belongs to the request that brought it.
    const work = { needs, task: AsyncResource.bind(task), forward };
    queue.push(work);
    this.#waiting.add(work);
  }

  /** Never rejects. */
  async #work(key: string, ref: CallRef, queue: Work[], first: Promise<Owner | undefined>): Promise<void> {
    let loading: Promise<Owner | undefined> | undefined = first;
    for (let work = queue[0]; work && !this.#stopping.signal.aborted; work = queue[0]) {
      const owner = await this.#loaded(ref, work, loading);
      if (this.#stopping.signal.aborted) return;
      // It may have been given up in between.
      loading = owner || this.#sealed.has(key) ? undefined : this.#deps.load(ref, work.needs);
      if (!owner && (loading || this.#sealed.has(key))) continue;
      if (!owner) work.task();
      queue.shift();
      this.#done(work);
    }
    this.#refusals.delete(key);
    if (this.#queues.get(key) === queue) this.#queues.delete(key);
  }

  /** Returns when the call is in memory, or when its owner has done the work. */
  async #loaded(
    ref: CallRef,
    { needs, forward }: Work,
    first: Promise<Owner | undefined> | undefined,
  ): Promise<Owner | undefined> {
    const { clock } = this.#deps;
    const { signal } = this.#stopping;
    let loading = first;
    for (let failures = 1; !signal.aborted; failures++) {
      let owner: Owner | undefined;
      try {
        owner = await this.#ownerOf(ref, needs, loading);
        this.#failure = undefined;
        const isHandedOver = owner && (await forward?.(owner)) === 'HANDED_OVER';
        this.#refusals.delete(refKey(ref));
        if (!isHandedOver) return owner;
        this.#deps.forgetOwner?.(ref);
        // Others may want it too: the first time, it is loaded at once.
        if (failures === 1) continue;
      } catch (error) {
        this.#deps.forgetOwner?.(ref);
        // The owner has changed, or left: the first time, it is not a failure.
        if (failures === 1 && hasNoOwner(error)) continue;
        if (owner) this.#refuse(ref, error);
        else this.#fail(error);
      } finally {
        loading = undefined;
      }
      await clock.delay(backOffMs(RETRY, failures), signal);
    }
    return undefined;
  }

  /** Calls cannot be loaded. */
  #fail(error: unknown): void {
    const fault = faultOf(error, 'the call of the event cannot be loaded now');
    if (!this.#failure)
      this.#deps.log.error('loading a call failed, retrying', { reason: messageOf(error), error });
    this.#failure = fault;
    for (const { reject } of this.#takeWaiters(() => true)) reject(fault);
  }

  /** The owner of a call does not accept its work: only who waits for this call fails. */
  #refuse(ref: CallRef, error: unknown): void {
    const key = refKey(ref);
    const fault = faultOf(error, 'the owner of the call cannot store the event now');
    if (this.#refusals.size === 0)
      this.#deps.log.error('sending events to the owner of a call failed, retrying', {
        reason: messageOf(error),
        error,
      });
    this.#refusals.set(key, fault);
    const queue = this.#queues.get(key) ?? [];
    for (const { reject } of this.#takeWaiters(({ works }) => queue.some((work) => works.has(work))))
      reject(fault);
  }

  #done(work: Work): void {
    this.#waiting.delete(work);
    for (const waiter of this.#waiters) waiter.works.delete(work);
    for (const { resolve } of this.#takeWaiters(({ works }) => works.size === 0)) resolve();
  }

  #takeWaiters(isTaken: (waiter: Waiter) => boolean): readonly Waiter[] {
    const taken = this.#waiters.filter(isTaken);
    if (taken.length > 0) this.#waiters = this.#waiters.filter((waiter) => !isTaken(waiter));
    return taken;
  }
}

function faultOf(error: unknown, message: string): FaultError {
  const isKnown = isFault(error) && (error.kind === 'store' || error.code.startsWith('CLUSTER_'));
  return new FaultError(isKnown ? error.code : 'STORE_READ_FAILED', message, { cause: error });
}

/** Another node decides about the call. */
export const notOwner = ({ node, epoch }: Owner): FaultError =>
  new FaultError('NOT_OWNER', 'another node decides about the call', { details: { node, epoch } });

/** The node does not decide about the call, or is not there: nothing was executed. */
const hasNoOwner = (error: unknown): boolean =>
  isNotOwner(error) || (isFault(error) && error.code === 'CLUSTER_NODE_UNAVAILABLE');

/** Returns the node that a NOT_OWNER names. */
export function ownerIn(error: unknown): Owner | undefined {
  if (!isNotOwner(error)) return undefined;
  const { node, epoch } = error.details;
  return { node: String(node), epoch: Number(epoch) };
}

export const isNotOwner = (error: unknown): error is FaultError =>
  isFault(error) && error.code === 'NOT_OWNER';
