/**
 * Stores events. The events of one turn of the event loop share a commit, unless they are many or large: then the others
 * follow in the next turns. Readers receive events only after their commit. If a commit fails, the events stay in memory in
 * order, up to a limit, and the commit is retried. Adding an event never waits. A store may commit at once or later; later,
 * one commit at a time: the events of the turns in between share the next one.
 */
import {
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
import { beginWork } from '../loop/current-work.ts';
import { StoredCounts } from './stored-counts.ts';
import type { CallRegistry } from './call-registry.ts';
import type { CallReads } from './loading/ports.ts';
import { runSteps, settled, type NowOrLater, type Steps } from '../now-or-later.ts';
import { PendingEvents, type EventGroup, type PendingLimits } from './pending-events.ts';
import type { CallLedger, Draft, RecordFeed } from './ports.ts';
import { BUSY_RETRY, isBusy } from './store-retry.ts';

export interface CommitQueueDeps {
  readonly registry: Pick<CallRegistry, 'putAll'>;
  readonly ledger: Pick<CallLedger, 'commit'>;
  readonly reads: Pick<CallReads, 'onStored'>;
  readonly feed: Pick<RecordFeed, 'publish'>;
  /** Called with events when they are added, before they are stored. */
  readonly onAccepted?: ((facts: readonly CallFact[]) => void) | undefined;
  /** Called with calls whose state in memory is old: another daemon has stored newer events of them. */
  readonly onStale?: (calls: readonly Call[]) => void;
  /** Called when another daemon has taken over the calls of this one, which can store nothing any more. */
  readonly onFenced?: (fault: FaultError) => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** Most events in memory while commits fail. */
  readonly pending: PendingLimits;
}

const RETRY = { firstMs: 250, maxMs: 5000 } as const;
/** How long commits may find the database locked before those who wait for one receive the error, ms. */
export const BUSY_GRACE_MS = 1000;

/** The result of storing a batch. */
interface Stored {
  readonly records: readonly CallRecord[];
  /** False if events of a call were lost. */
  readonly isComplete: boolean;
}

interface Waiter {
  /** Number of all events that were added before it. */
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (fault: FaultError) => void;
}

export class CommitQueue {
  /** What was stored since the start. */
  readonly counts = new StoredCounts();
  readonly #deps: CommitQueueDeps;
  readonly #pending: PendingEvents;
  /** Numbers of all events that were added, and that were stored or dropped since. */
  #added = 0;
  #settled = 0;
  #waiters: Waiter[] = [];
  #endOfTurn: NodeJS.Immediate | undefined;
  #cancelRetry: (() => void) | undefined;
  /** Settles with the commit that is under way; never rejects. */
  #committing: Promise<void> | undefined;
  #failures = 0;
  /** How long the database has been locked, ms. */
  #busyMs = 0;
  /** Why commits fail, once their waiters receive the error. */
  #failure: FaultError | undefined;
  /** Set for the rest of the turn in which events were dropped. */
  #loss: FaultError | undefined;
  #dropped = 0;
  #conflicts = 0;
  /** How often events were given up, and why the last time. */
  #giveUps = 0;
  #lastGiveUp: FaultError | undefined;

  constructor(deps: CommitQueueDeps) {
    this.#deps = deps;
    this.#pending = new PendingEvents(deps.pending);
  }

  /** Number of events dropped because they could not be stored. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How often a call was in conflict with events that another daemon has stored. */
  get conflicts(): number {
    return this.#conflicts;
  }

  /** How often events were given up because they could never be stored. */
  get giveUps(): number {
    return this.#giveUps;
  }

  /** Events that are not stored yet, oldest first. */
  get drafts(): readonly Draft[] {
    return this.#pending.drafts;
  }

  /** The estimated memory of the events that are not stored yet. */
  get pendingBytes(): number {
    return this.#pending.bytes;
  }

  /** Returns a call after its pending events; undefined if it has none. */
  call(id: CallId): Call | undefined {
    return this.#pending.call(id);
  }

  /** Returns whether a call has pending events and no stored ones. */
  isNew(id: CallId): boolean {
    return this.#pending.isNew(id);
  }

  /** Returns the id of a call with pending events. */
  callId(providerId: ProviderId, providerCallId: ProviderCallId): CallId | undefined {
    return this.#pending.callId(providerId, providerCallId);
  }

  hasDedupeKey(callId: CallId, key: string): boolean {
    return this.#pending.hasDedupeKey(callId, key);
  }

  /** Adds events, all or none. Returns false if they are dropped, because a limit is reached. */
  push(group: EventGroup): boolean {
    while (!this.#pending.push(group)) {
      if (this.#cancelRetry || this.#committing) {
        this.drop(group.facts.length);
        return false;
      }
      // Makes room.
      void this.#flush();
    }
    this.#added += group.facts.length;
    this.#deps.onAccepted?.(group.facts);
    this.#schedule();
    return true;
  }

  /**
   * Resolves when all events added so far are stored. Rejects with a fault of kind store if the next commit fails, at once
   * while commits are failing, and if events were dropped in this turn.
   * @param since the number of `giveUps` before the events were added: it rejects if events were given up meanwhile
   */
  committed(since = this.#giveUps): Promise<void> {
    if (since !== this.#giveUps && this.#lastGiveUp) return Promise.reject(this.#lastGiveUp);
    const failure = this.#loss ?? (this.#pending.size > 0 ? this.#failure : undefined);
    if (failure) return Promise.reject(failure);
    if (this.#pending.size === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ upTo: this.#added, resolve, reject }));
  }

  /** Commits all now, unless a retry is pending. Returns whether all events are stored. */
  storeNow(): NowOrLater<boolean> {
    return runSteps(this.#storeAll());
  }

  *#storeAll(): Steps<boolean> {
    while (this.#pending.size > 0 && !this.#cancelRetry) yield* settled(this.#committing ?? this.#flush());
    return this.#pending.size === 0;
  }

  /** Commits for the last time, when the daemon stops. */
  close(): NowOrLater<void> {
    return runSteps(this.#close());
  }

  *#close(): Steps<void> {
    this.#stopRetry();
    yield* this.#storeAll();
    this.#stopRetry();
    clearImmediate(this.#endOfTurn);
  }

  #stopRetry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  /** Counts events that cannot be stored. */
  drop(count: number): void {
    this.#loss ??= new FaultError(
      'STORE_WRITE_FAILED',
      'events were dropped: limits.pendingEvents or limits.pendingBytes is reached',
    );
    setImmediate(() => (this.#loss = undefined));
    if (this.#dropped === 0)
      this.#deps.log.error('dropping events: database writes fail and a limit of pending events is reached', {
        events: this.#pending.size,
        bytes: this.#pending.bytes,
      });
    this.#dropped += count;
  }

  #schedule(): void {
    if (this.#cancelRetry || this.#committing) return;
    this.#endOfTurn ??= setImmediate(() => void this.#flush());
  }

  /** Stores one batch. Must not be called while a commit is under way. Never throws or rejects. */
  #flush(): NowOrLater<void> {
    clearImmediate(this.#endOfTurn);
    this.#endOfTurn = undefined;
    if (this.#pending.size === 0) return;
    const committing = runSteps(this.#storeBatch(this.#pending.batch()));
    if (!committing) return;
    this.#committing = committing;
    return committing;
  }

  *#storeBatch(batch: readonly Draft[]): Steps<void> {
    beginWork('store commit');
    const stored = yield* this.#commitOrRetry(batch);
    this.#committing = undefined;
    if (stored) this.#onStored(batch, stored);
    else if (this.#pending.size > 0) this.#schedule();
  }

  *#commitOrRetry(batch: readonly Draft[]): Steps<Stored | undefined> {
    try {
      return yield* this.#commit(batch);
    } catch (cause) {
      if (!this.#giveUp(cause)) this.#retry(cause);
      return undefined;
    }
  }

  #onStored(batch: readonly Draft[], stored: Stored): void {
    this.#pending.remove(batch.length);
    this.#settled += batch.length;
    this.#failures = 0;
    this.#busyMs = 0;
    this.#failure = undefined;
    // Which waiter the lost events belong to is not known.
    if (stored.isComplete) this.#resolve();
    else this.#reject(new FaultError('STORE_WRITE_FAILED', 'the events of a call cannot be stored'));
    beginWork('publish events');
    this.#deps.feed.publish(stored.records);
    if (this.#pending.size > 0) this.#schedule();
  }

  /** @throws {FaultError} of kind store if the database cannot write now; all events are kept for the retry. */
  *#commit(batch: readonly Draft[]): Steps<Stored> {
    try {
      return { records: yield* this.#store(batch), isComplete: true };
    } catch (cause) {
      if (isStoreFailure(cause)) throw cause;
      return yield* this.#commitSeparately(batch, cause);
    }
  }

  *#store(drafts: readonly Draft[]): Steps<readonly CallRecord[]> {
    const { clock, ledger, reads } = this.#deps;
    const startedAt = clock.elapsed();
    const records = yield* settled(ledger.commit(drafts));
    this.counts.committed(drafts, clock.elapsed() - startedAt);
    reads.onStored?.(drafts);
    this.#deps.registry.putAll(new Map(drafts.map(({ callId, call }) => [callId, call])).values());
    return records;
  }

  /** Stores each call separately after an unexpected error, so that the events of one call cannot block those of the others. */
  *#commitSeparately(batch: readonly Draft[], cause: unknown): Steps<Stored> {
    const { log } = this.#deps;
    log.error('commit failed, storing each call separately', { error: cause });
    const records: CallRecord[] = [];
    const settled: Draft[] = [];
    let isComplete = true;
    for (const callId of new Set(batch.map((draft) => draft.callId))) {
      const drafts = batch.filter((draft) => draft.callId === callId);
      try {
        records.push(...(yield* this.#store(drafts)));
        settled.push(...drafts);
      } catch (error) {
        if (isStoreFailure(error)) {
          // What is stored must not be stored again with the rest.
          this.#settleSome(settled, records);
          throw error;
        }
        isComplete = false;
        settled.push(...drafts);
        this.#dropped += drafts.length;
        log.error('dropping events of a call that cannot be stored', {
          callId,
          events: drafts.length,
          error,
        });
      }
    }
    return { records, isComplete };
  }

  /** Settles a part of a batch. Which waiters it belongs to is not known, so all receive an error. */
  #settleSome(settled: readonly Draft[], records: readonly CallRecord[]): void {
    if (settled.length === 0) return;
    this.#pending.removeOf(settled);
    this.#settled += settled.length;
    this.#reject(new FaultError('STORE_WRITE_FAILED', 'some events are not stored yet'));
    this.#deps.feed.publish(records);
  }

  /**
   * Gives up events that can never be stored: those of calls in conflict, or all if another daemon has taken over. Their senders
   * receive a fault and send them again; they are then derived from the stored state, and what is stored already has its
   * dedupe key. Returns false if the commit can be retried.
   */
  #giveUp(cause: unknown): boolean {
    if (!isStoreFailure(cause)) return false;
    const isFenced = cause.code === 'NODE_FENCED';
    const callIds = isFenced ? undefined : conflictingCalls(cause);
    const { drafts } = this.#pending;
    const lost = callIds ? drafts.filter(({ callId }) => callIds.has(callId)) : isFenced ? [...drafts] : [];
    if (lost.length === 0) return false;
    const calls = [...new Map(lost.map(({ callId, call }) => [callId, call])).values()];
    this.#pending.removeOf(lost);
    this.#settled += lost.length;
    this.#dropped += lost.length;
    const { log, onStale, onFenced } = this.#deps;
    const fields = { code: cause.code, calls: calls.length, events: lost.length };
    if (isFenced) {
      log.error('rejecting pending events: another daemon has taken over the calls', fields);
      onFenced?.(cause);
    } else {
      this.#conflicts += calls.length;
      log.warn('rejecting events of calls of which another daemon has stored newer events', fields);
      onStale?.(calls);
    }
    // Which waiter the events belong to is not known.
    this.#giveUps += 1;
    this.#lastGiveUp = new FaultError(cause.code, 'the event was not stored and has to be sent again', {
      cause,
    });
    this.#reject(this.#lastGiveUp);
    return true;
  }

  #retry(cause: unknown): void {
    const { log, clock } = this.#deps;
    const delayMs = backOffMs(isBusy(cause) ? BUSY_RETRY : RETRY, ++this.#failures);
    const events = this.#pending.size;
    const isNew = this.#failure === undefined;
    if (isBusy(cause) && this.#busyMs < BUSY_GRACE_MS) {
      this.#busyMs += delayMs;
    } else {
      const code = isStoreFailure(cause) ? cause.code : 'STORE_WRITE_FAILED';
      const failure = new FaultError(code, 'the event cannot be stored now', { cause });
      this.#failure = failure;
      this.#reject(failure);
    }
    const fields = { reason: messageOf(cause), events, delayMs };
    // The database reports once why it fails.
    if (isNew && this.#failure) log.error('commit failed, retrying', fields);
    else log.debug('commit failed, retrying', fields);
    this.#cancelRetry = clock.schedule(delayMs, () => {
      this.#cancelRetry = undefined;
      void this.#flush();
    });
  }

  /** Resolves for those whose events are all stored. */
  #resolve(): void {
    const done = this.#waiters.filter(({ upTo }) => upTo <= this.#settled);
    this.#waiters = this.#waiters.filter(({ upTo }) => upTo > this.#settled);
    for (const waiter of done) waiter.resolve();
  }

  #reject(fault: FaultError): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(fault);
  }
}

/** Returns the calls that another daemon has changed; undefined if that is not why the commit failed. */
function conflictingCalls({ code, details }: FaultError): ReadonlySet<string> | undefined {
  const { callIds } = details;
  return code === 'STORE_CONFLICT' && typeof callIds === 'string' ? new Set(callIds.split(' ')) : undefined;
}

const isStoreFailure = (error: unknown): error is FaultError => isFault(error) && error.kind === 'store';
