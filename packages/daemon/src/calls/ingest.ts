/**
 * The harness: what a provider tells becomes facts. Synchronous from an event's arrival to its decision; the facts of one
 * turn of the event loop share a commit, and nobody sees a fact before it is stored.
 *
 * `accept` and `record` never throw and never wait. While the disk takes nothing, facts stay here, up to a bound.
 */
import {
  decide,
  evolve,
  FaultError,
  isFault,
  isTranscribed,
  messageOf,
  type Call,
  type CallFact,
  type CallId,
  type CallRecord,
  type CommandId,
  type IdSource,
  type Clock,
  type Logger,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderId,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';
import type { CallRegistry } from './call-registry.ts';
import type { CallLedger, CommandTracker, Draft, PartialStore, RecordFeed, StoredCommand } from './ports.ts';

export interface IngestDeps {
  readonly registry: CallRegistry;
  readonly ledger: CallLedger;
  readonly feed: RecordFeed;
  readonly partials: PartialStore;
  readonly openCommands: Pick<CommandTracker, 'confirm' | 'confirmedBy'>;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly log: Logger;
  /** Most facts that wait while the disk takes none; `limits.pendingEvents`. */
  readonly pendingEvents: number;
}

/** A commit is not put off to the end of the turn once so many facts wait. */
const LARGE_BATCH = 1000;
/** Pauses between attempts while the disk takes nothing, ms: doubling, up to the last. */
const RETRY_FIRST_MS = 250;
const RETRY_LONGEST_MS = 5000;

export class Ingest {
  readonly #deps: IngestDeps;
  #drafts: Draft[] = [];
  /** Calls as they are after the drafts, and the keys among the drafts. */
  readonly #ahead = new Map<CallId, Call>();
  readonly #aheadIds = new Map<string, CallId>();
  readonly #aheadKeys = new Set<string>();
  #waiting: { resolve: () => void; reject: (fault: FaultError) => void }[] = [];
  #endOfTurn: NodeJS.Immediate | undefined;
  #cancelRetry: (() => void) | undefined;
  #retryMs = RETRY_FIRST_MS;
  #dropped = 0;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
  }

  /** Facts that were lost because the disk took none for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes what a provider told. The id of the call it is about comes back. */
  accept(providerId: ProviderId, event: ProviderEvent): CallId {
    const { ids, partials } = this.#deps;
    const known = this.#find(providerId, event);
    const callId = known?.id ?? ids.call();
    if (event.dedupeKey !== undefined && this.#knowsKey(callId, event.dedupeKey)) return callId;

    const openUtterance = event.type === 'utterance.final' ? partials.take(callId, event.party) : undefined;
    const facts = decide(known, callId, event, {
      providerId,
      ids,
      storedTranscript: () => this.#heard(callId),
      ...(openUtterance && { openUtterance }),
    });
    this.#draft(callId, known, facts, event.occurredAt, event.dedupeKey);
    if (event.type === 'command.confirmed') this.#confirm(callId, event.commandId);

    if (event.type === 'utterance.partial') this.#showPartial(callId, event);
    if (event.type === 'call.ended') partials.forget(callId);
    return callId;
  }

  /** Takes a fact that was decided elsewhere: of a command, a stream or a note. About a call that was erased it is none. */
  record(callId: CallId, fact: CallFact, at = this.#deps.clock.now()): void {
    const call = this.current(callId);
    if (call) this.#draft(callId, call, [fact], at);
  }

  /** The call as it is after all that was taken, stored or not: for decisions, not for readers. */
  current(callId: CallId): Call | undefined {
    return this.#ahead.get(callId) ?? this.#deps.registry.get(callId);
  }

  /** Which call a final utterance is of, stored or not. */
  callOfUtterance(id: UtteranceId): CallId | undefined {
    const isIt = ({ fact }: Draft) => fact.type === 'UTTERANCE_FINALIZED' && fact.utterance.id === id;
    return this.#drafts.find(isIt)?.callId ?? this.#deps.ledger.utterance(id)?.callId;
  }

  /** The command that its requester gave this key, as it now is, stored or not. */
  commandByKey(requestedBy: string, key: string): StoredCommand | undefined {
    for (const { callId, fact } of this.#drafts.toReversed()) {
      if (fact.type !== 'COMMAND_CHANGED') continue;
      const { command } = fact;
      if (command.requestedBy === requestedBy && command.idempotencyKey === key) return { callId, command };
    }
    return this.#deps.ledger.commandByKey(requestedBy, key);
  }

  /** The id of a call that is live or just begun, without asking the store: cheap enough for every frame. */
  liveId(providerId: ProviderId, providerCallId: ProviderCallId): CallId | undefined {
    const { registry } = this.#deps;
    return (
      registry.liveId(providerId, providerCallId) ?? this.#aheadIds.get(aheadKey(providerId, providerCallId))
    );
  }

  /** Resolves when all that was taken so far is stored. Rejects with STORE_WRITE_FAILED when the disk refuses it now. */
  committed(): Promise<void> {
    if (this.#drafts.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Stores now what waits. Whether nothing waits any longer: the disk may take nothing. */
  storeNow(): boolean {
    if (!this.#cancelRetry) this.#flush();
    return this.#drafts.length === 0;
  }

  /** Stores now what waits, for the last time: at the end of the daemon. */
  close(): void {
    this.#flush();
    this.#cancelRetry?.();
    clearImmediate(this.#endOfTurn);
  }

  #find(providerId: ProviderId, event: ProviderEvent): Call | undefined {
    const aheadId = this.#aheadIds.get(aheadKey(providerId, event.providerCallId));
    return aheadId === undefined
      ? this.#deps.registry.find(providerId, event.providerCallId)
      : this.#ahead.get(aheadId);
  }

  #knowsKey(callId: CallId, key: string): boolean {
    return this.#aheadKeys.has(aheadKey(callId, key)) || this.#deps.ledger.knowsKey(callId, key);
  }

  /** What was said so far, stored or not. */
  #heard(callId: CallId): readonly Utterance[] {
    const waiting = this.#drafts.flatMap(({ callId: of, fact }) =>
      of === callId && fact.type === 'UTTERANCE_FINALIZED' ? [fact.utterance] : [],
    );
    return [...this.#deps.ledger.utterances(callId), ...waiting];
  }

  #confirm(callId: CallId, commandId: CommandId): void {
    const command = this.#deps.openCommands.confirm(callId, commandId, this.#deps.clock.now());
    if (command) this.record(callId, { type: 'COMMAND_CHANGED', command });
  }

  #showPartial(callId: CallId, event: Extract<ProviderEvent, { type: 'utterance.partial' }>): void {
    const call = this.current(callId);
    const isTaken = call !== undefined && (call.status === 'ENDED' || isTranscribed(call));
    if (!isTaken && event.text.trim() !== '') {
      this.#deps.partials.set(callId, event.party, event.text, event.occurredAt);
    }
  }

  #draft(
    callId: CallId,
    before: Call | undefined,
    decided: readonly CallFact[],
    at: number,
    key?: string,
  ): void {
    if (decided.length === 0) return;
    const confirmed = decided.flatMap((fact) => this.#deps.openCommands.confirmedBy(callId, fact, at));
    const facts = [
      ...decided,
      ...confirmed.map((command) => ({ type: 'COMMAND_CHANGED', command }) as const),
    ];
    if (this.#drafts.length + facts.length > this.#deps.pendingEvents) return this.#drop(facts.length);
    let call = before;
    facts.forEach((fact, i) => {
      call = evolve(call, callId, fact, at);
      const dedupeKey = i === 0 ? key : undefined;
      this.#drafts.push({ callId, at, fact, call, ...(dedupeKey !== undefined && { dedupeKey }) });
    });
    this.#ahead.set(callId, call!);
    this.#aheadIds.set(aheadKey(call!.providerId, call!.providerCallId), callId);
    if (key !== undefined) this.#aheadKeys.add(aheadKey(callId, key));
    this.#schedule();
  }

  #drop(count: number): void {
    if (this.#dropped === 0)
      this.#deps.log.error('facts are lost: the disk takes none and limits.pendingEvents is reached');
    this.#dropped += count;
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
    try {
      records = this.#commit();
    } catch (cause) {
      return this.#commitFailed(cause);
    }
    this.#ahead.clear();
    this.#aheadIds.clear();
    this.#aheadKeys.clear();
    this.#drafts = [];
    this.#retryMs = RETRY_FIRST_MS;
    this.#settle((waiter) => waiter.resolve());
    this.#deps.feed.publish(records);
  }

  /** Throws only when the disk takes nothing now: then all is kept for the next attempt. */
  #commit(): readonly CallRecord[] {
    const { ledger } = this.#deps;
    try {
      const records = ledger.commit(this.#drafts);
      this.#deps.registry.putAll(this.#ahead.values());
      return records;
    } catch (cause) {
      if (isFault(cause) && cause.code === 'STORE_WRITE_FAILED') throw cause;
      return this.#commitApart(cause);
    }
  }

  /** One call's facts cannot be stored, by a mistake of ours: the others must not wait behind them for ever. */
  #commitApart(cause: unknown): readonly CallRecord[] {
    this.#deps.log.error('facts cannot be stored; each call is stored apart', { error: cause });
    const calls = new Set(this.#drafts.map((draft) => draft.callId));
    return [...calls].flatMap((callId) => {
      const drafts = this.#drafts.filter((draft) => draft.callId === callId);
      try {
        const records = this.#deps.ledger.commit(drafts);
        this.#deps.registry.putAll([drafts.at(-1)!.call]);
        return records;
      } catch (error) {
        if (isFault(error) && error.code === 'STORE_WRITE_FAILED') throw error;
        this.#dropped += drafts.length;
        this.#deps.log.error('facts of a call are lost', { callId, facts: drafts.length, error });
        return [];
      }
    });
  }

  #commitFailed(cause: unknown): void {
    const { log, clock } = this.#deps;
    const facts = this.#drafts.length;
    log.error('a commit failed; its facts are kept and tried again', { reason: messageOf(cause), facts });
    const fault = new FaultError('STORE_WRITE_FAILED', 'the event cannot be stored now', { cause });
    this.#settle((waiter) => waiter.reject(fault));
    this.#cancelRetry = clock.schedule(this.#retryMs, () => {
      this.#cancelRetry = undefined;
      this.#flush();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_LONGEST_MS);
  }

  #settle(how: (waiter: { resolve: () => void; reject: (fault: FaultError) => void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach(how);
  }
}

const aheadKey = (owner: string, key: string): string => `${owner}\n${key}`;
