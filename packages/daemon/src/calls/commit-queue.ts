/**
 * Events that are derived but not stored. The events of one turn of the event loop share a commit, and readers receive them
 * only after it. If a commit fails, the events stay in memory in order, up to a limit, and the commit is retried.
 * Synchronous: nothing here waits between reading state and changing it.
 */
import {
  evolve,
  FaultError,
  isFault,
  messageOf,
  type Call,
  type CallFact,
  type CallId,
  type CallRecord,
  type Clock,
  type Logger,
  type ProviderCallId,
  type ProviderId,
} from '@sidetone/core';
import { backOffMs } from '@sidetone/plugin-kit';
import type { CallRegistry } from './call-registry.ts';
import type { CallLedger, Draft, RecordFeed } from './ports.ts';
import { BUSY_RETRY, isBusy } from './store-retry.ts';

export interface CommitQueueDeps {
  readonly registry: Pick<CallRegistry, 'putAll'>;
  readonly ledger: Pick<CallLedger, 'commit'>;
  readonly feed: Pick<RecordFeed, 'publish'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Most events in memory while commits fail; `limits.pendingEvents`. */
  readonly pendingEvents: number;
}

/** From this many events on, a commit is not delayed to the end of the turn. */
const LARGE_BATCH = 1000;
const RETRY = { firstMs: 250, maxMs: 5000 } as const;
/** How long commits may find the database locked before those who wait for one receive the error, ms. */
export const BUSY_GRACE_MS = 1000;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (fault: FaultError) => void;
}

export class CommitQueue {
  readonly #deps: CommitQueueDeps;
  #drafts: Draft[] = [];
  /** Calls after their pending events. */
  readonly #calls = new Map<CallId, Call>();
  readonly #callIds = new Map<string, CallId>();
  readonly #dedupeKeys = new Set<string>();
  #waiters: Waiter[] = [];
  #endOfTurn: NodeJS.Immediate | undefined;
  #cancelRetry: (() => void) | undefined;
  #failures = 0;
  /** How long the database has been locked, ms. */
  #busyMs = 0;
  /** Why commits fail, once their waiters receive the error. */
  #failure: FaultError | undefined;
  /** Set for the rest of the turn in which events were dropped. */
  #loss: FaultError | undefined;
  #dropped = 0;

  constructor(deps: CommitQueueDeps) {
    this.#deps = deps;
  }

  /** Number of events dropped because they could not be stored. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Events that are not stored yet, oldest first. */
  get drafts(): readonly Draft[] {
    return this.#drafts;
  }

  /** Returns a call after its pending events; undefined if it has none. */
  call(id: CallId): Call | undefined {
    return this.#calls.get(id);
  }

  /** Returns the id of a call with pending events. */
  callId(providerId: ProviderId, providerCallId: ProviderCallId): CallId | undefined {
    return this.#callIds.get(pairKey(providerId, providerCallId));
  }

  hasDedupeKey(callId: CallId, key: string): boolean {
    return this.#dedupeKeys.has(pairKey(callId, key));
  }

  /**
   * Adds events of one call, all or none. `before` is the call before them; the key belongs to the first event. Returns false
   * if they are dropped, because `limits.pendingEvents` is reached.
   */
  push(
    callId: CallId,
    before: Call | undefined,
    facts: readonly CallFact[],
    at: number,
    dedupeKey?: string,
  ): boolean {
    if (!this.#hasRoomFor(facts.length)) {
      this.drop(facts.length);
      return false;
    }
    let call = before;
    facts.forEach((fact, i) => {
      call = evolve(call, callId, fact, at);
      const key = i === 0 ? dedupeKey : undefined;
      this.#drafts.push({ callId, at, fact, call, ...(key !== undefined && { dedupeKey: key }) });
    });
    this.#calls.set(callId, call!);
    this.#callIds.set(pairKey(call!.providerId, call!.providerCallId), callId);
    if (dedupeKey !== undefined) this.#dedupeKeys.add(pairKey(callId, dedupeKey));
    this.#schedule();
    return true;
  }

  /**
   * Resolves when all events added so far are stored. Rejects with a fault of kind store if the next commit fails, at once
   * while commits are failing, and if events were dropped in this turn.
   */
  committed(): Promise<void> {
    const failure = this.#loss ?? (this.#drafts.length > 0 ? this.#failure : undefined);
    if (failure) return Promise.reject(failure);
    if (this.#drafts.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Commits now, unless a retry is pending. Returns whether all events are stored. */
  storeNow(): boolean {
    if (!this.#cancelRetry) this.#flush();
    return this.#drafts.length === 0;
  }

  /** Commits for the last time, when the daemon stops. */
  close(): void {
    this.#flush();
    this.#cancelRetry?.();
    clearImmediate(this.#endOfTurn);
  }

  /** Counts events that cannot be stored. */
  drop(count: number): void {
    this.#loss ??= new FaultError(
      'STORE_WRITE_FAILED',
      'events were dropped: limits.pendingEvents is reached',
    );
    setImmediate(() => (this.#loss = undefined));
    if (this.#dropped === 0)
      this.#deps.log.error('dropping events: database writes fail and limits.pendingEvents is reached');
    this.#dropped += count;
  }

  /** Commits what is pending if there is no room, unless commits are failing. */
  #hasRoomFor(count: number): boolean {
    const { pendingEvents } = this.#deps;
    if (this.#drafts.length + count <= pendingEvents) return true;
    if (!this.#cancelRetry) this.#flush();
    return this.#drafts.length + count <= pendingEvents;
  }

  #schedule(): void {
    if (this.#cancelRetry) return;
    if (this.#drafts.length >= LARGE_BATCH) return this.#flush();
    this.#endOfTurn ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    clearImmediate(this.#endOfTurn);
    this.#endOfTurn = undefined;
    if (this.#drafts.length === 0) return;
    let records: readonly CallRecord[];
    const droppedBefore = this.#dropped;
    try {
      records = this.#commit();
    } catch (cause) {
      return this.#retry(cause);
    }
    this.#calls.clear();
    this.#callIds.clear();
    this.#dedupeKeys.clear();
    this.#drafts = [];
    this.#failures = 0;
    this.#busyMs = 0;
    this.#failure = undefined;
    // Which waiter the dropped events belong to is not known.
    const loss =
      this.#dropped > droppedBefore &&
      new FaultError('STORE_WRITE_FAILED', 'the events of a call cannot be stored');
    this.#settle((waiter) => (loss ? waiter.reject(loss) : waiter.resolve()));
    this.#deps.feed.publish(records);
  }

  /** @throws {FaultError} of kind store if the database cannot write now; all events are kept for the retry. */
  #commit(): readonly CallRecord[] {
    const { ledger, registry } = this.#deps;
    try {
      const records = ledger.commit(this.#drafts);
      registry.putAll(this.#calls.values());
      return records;
    } catch (cause) {
      if (isStoreFailure(cause)) throw cause;
      return this.#commitSeparately(cause);
    }
  }

  /** Stores each call separately after an unexpected error, so that the events of one call cannot block those of the others. */
  #commitSeparately(cause: unknown): readonly CallRecord[] {
    const { ledger, registry, log } = this.#deps;
    log.error('commit failed, storing each call separately', { error: cause });
    const callIds = new Set(this.#drafts.map((draft) => draft.callId));
    return [...callIds].flatMap((callId) => {
      const drafts = this.#drafts.filter((draft) => draft.callId === callId);
      try {
        const records = ledger.commit(drafts);
        registry.putAll([drafts.at(-1)!.call]);
        return records;
      } catch (error) {
        if (isStoreFailure(error)) throw error;
        this.#dropped += drafts.length;
        log.error('dropping events of a call that cannot be stored', {
          callId,
          events: drafts.length,
          error,
        });
        return [];
      }
    });
  }

  #retry(cause: unknown): void {
    const { log, clock } = this.#deps;
    const delayMs = backOffMs(isBusy(cause) ? BUSY_RETRY : RETRY, ++this.#failures);
    const events = this.#drafts.length;
    const isNew = this.#failure === undefined;
    if (isBusy(cause) && this.#busyMs < BUSY_GRACE_MS) {
      this.#busyMs += delayMs;
    } else {
      const code = isStoreFailure(cause) ? cause.code : 'STORE_WRITE_FAILED';
      const failure = new FaultError(code, 'the event cannot be stored now', { cause });
      this.#failure = failure;
      this.#settle((waiter) => waiter.reject(failure));
    }
    const fields = { reason: messageOf(cause), events, delayMs };
    // The database reports once why it fails.
    if (isNew && this.#failure) log.error('commit failed, retrying', fields);
    else log.debug('commit failed, retrying', fields);
    this.#cancelRetry = clock.schedule(delayMs, () => {
      this.#cancelRetry = undefined;
      this.#flush();
    });
  }

  #settle(how: (waiter: Waiter) => void): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    waiters.forEach(how);
  }
}

const isStoreFailure = (error: unknown): error is FaultError => isFault(error) && error.kind === 'store';

const pairKey = (owner: string, key: string): string => `${owner}\n${key}`;
