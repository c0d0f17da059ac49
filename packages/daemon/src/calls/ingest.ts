/**
 * Derives events of calls from what providers report. Synchronous from the arrival of a provider event to the derived events;
 * the commit queue stores them. `accept` and `record` never wait.
 */
import { randomUUID } from 'node:crypto';
import {
  decide,
  FACT_CAUSES,
  FaultError,
  isLive,
  isTextPaused,
  isTranscribed,
  type Call,
  type CallFact,
  type CallId,
  type ClientFact,
  type Clock,
  type Command,
  type CommandId,
  type DaemonFact,
  type IdSource,
  type ProviderCallId,
  type ProviderEvent,
  type ProviderEventOf,
  type ProviderId,
  type Utterance,
  type UtteranceId,
} from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { CallRegistry } from './call-registry.ts';
import { Acceptance } from './loading/acceptance.ts';
import { CallLoads, isNotOwner, ownerIn, type Forward } from './loading/call-loads.ts';
import { needsOf } from './loading/needs.ts';
import type { CallRef, ProviderCallRef } from './loading/call-ref.ts';
import type { CallReads, LoadNeeds, Owner } from './loading/ports.ts';
import type { Peers } from './owners/peers.ts';
import type { StoredCounts } from './stored-counts.ts';
import { CommitQueue, type CommitQueueDeps } from './commit-queue.ts';
import type { NowOrLater } from '../now-or-later.ts';
import type {
  CallLedger,
  CommandTracker,
  Draft,
  PartialStore,
  StoredCommand,
  TextRedaction,
} from './ports.ts';

export interface IngestDeps extends CommitQueueDeps {
  readonly registry: CallRegistry;
  readonly ledger: Pick<CallLedger, 'commit' | 'utterance' | 'commandByKey'>;
  readonly reads: CallReads;
  readonly partials: PartialStore;
  readonly openCommands: Pick<CommandTracker, 'confirm' | 'confirmedBy' | 'adopt' | 'restore' | 'forget'>;
  /** Undefined if nothing is redacted. */
  readonly redaction?: TextRedaction | undefined;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** The other nodes of a cluster, to which events of their calls are sent. */
  readonly peers?: Peers | undefined;
}

/** The number of calls that clients watch before their first event. The oldest is forgotten. */
export const MAX_AWAITED_CALLS = 1000;

/** How often the owner of a call may change while an event is sent to it. */
const MAX_OWNERS = 3;

export class Ingest {
  readonly #deps: IngestDeps;
  readonly #queue: CommitQueue;
  /** Undefined if the store answers at once. */
  readonly #loads: CallLoads | undefined;
  /** The clients that watch calls of which no event has arrived. */
  readonly #awaited = new BoundedMap<string, string>(MAX_AWAITED_CALLS);

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    this.#queue = new CommitQueue({
      ...deps,
      onStale: (calls) => this.#reload(calls),
      onFenced: (fault) => {
        deps.registry.forgetAll();
        deps.onFenced?.(fault);
      },
    });
    const { reads } = deps;
    reads.onLoaded?.((callId, commands) => deps.openCommands.restore(callId, commands));
    if (reads.load)
      this.#loads = new CallLoads({
        ...deps,
        ...(reads.forgetOwner && { forgetOwner: (ref) => reads.forgetOwner!(ref) }),
        load: (ref, needs) => this.#load(ref, needs),
        limit: deps.pending.events,
      });
  }

  /** Whether other nodes may decide about calls. */
  get hasPeers(): boolean {
    return this.#deps.peers !== undefined;
  }

  /** Number of events dropped because they could not be stored. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** How often a call was in conflict with events that another daemon has stored. */
  get conflicts(): number {
    return this.#queue.conflicts;
  }

  /** What was stored since the start. */
  get counts(): StoredCounts {
    return this.#queue.counts;
  }

  /** Number of events that are not stored yet. */
  get pendingEvents(): number {
    return this.#queue.drafts.length;
  }

  /** The estimated memory of the events that are not stored yet. */
  get pendingBytes(): number {
    return this.#queue.pendingBytes;
  }

  /**
   * Accepts an event of a provider and returns the id of its call; undefined if the call was erased: its event is ignored.
   * @throws {FaultError} of kind store if the call cannot be read, or if `limits.pendingEvents` or `limits.pendingBytes` is
   * reached: the event is lost then, and its sender must not receive an acknowledgement.
   * @param by the client that requested the event: that of a backfill
   */
  accept(providerId: ProviderId, given: ProviderEvent, by?: string): CallId | undefined {
    const { ids, partials, reads, clock, redaction } = this.#deps;
    const event = redaction ? redaction.event(providerId, given) : given;
    const known = this.#find(providerId, event.providerCallId);
    if (!known && reads.isErased(providerId, event.providerCallId, clock.now())) return undefined;
    const callId = known?.id ?? ids.call();
    if (known && event.dedupeKey !== undefined && this.#knowsKey(callId, event.dedupeKey)) return callId;

    const openUtterance = event.type === 'utterance.final' ? partials.take(callId, event.party) : undefined;
    const decided = decide(known, callId, event, {
      providerId,
      ids,
      arrivedAt: clock.now(),
      storedTranscript: () => (known ? this.#utterancesOf(callId) : []),
      ...(openUtterance && { openUtterance }),
    });
    const facts = by === undefined ? decided : decided.map((fact) => imported(fact, by));
    if (!this.#push(callId, known, facts, event.occurredAt, event.dedupeKey))
      throw new FaultError(
        'STORE_WRITE_FAILED',
        'the event was dropped: a limit of pending events is reached',
      );
    if (!known) this.#recordWatched(callId, providerId, event.providerCallId);
    if (event.type === 'command.confirmed') this.#confirm(callId, event.commandId);
    if (event.type === 'utterance.partial') this.#showPartial(callId, event);
    if (event.type === 'call.ended') partials.forget(callId);
    return callId;
  }

  /**
   * Accepts an event that no client caused: of a stream, a recording, a transcriber. Ignored if the call has been erased. Never
   * throws; if the event is lost, `committed` rejects in this turn.
   */
  record(callId: CallId, fact: DaemonFact, at?: number): void {
    this.#record(callId, fact, at);
  }

  /** As `record`, for an event that a client caused. @param by the name of its access token */
  recordBy(by: string, callId: CallId, fact: ClientFact, at?: number): void {
    this.#record(callId, { ...fact, by }, at);
  }

  /** Accepts that a client watches a call: recorded now, or with the first event of the call. */
  watchedBy(by: string, providerId: ProviderId, providerCallId: ProviderCallId): void {
    const callId =
      this.liveId(providerId, providerCallId) ??
      (this.#mustLoad({ providerId, providerCallId })
        ? undefined
        : this.#find(providerId, providerCallId)?.id);
    if (callId !== undefined) this.recordBy(by, callId, { type: 'CALL_WATCHED' });
    else this.#awaited.set(awaitedKey(providerId, providerCallId), by);
  }

  /** Whether calls are loaded before decisions: the store answers later. */
  get loadsCalls(): boolean {
    return this.#loads !== undefined;
  }

  /**
   * Runs a task, which must not throw, when what decisions read of a call is in memory: at once, or in the order of arrival.
   * `committed` waits for it. If another node decides about the call, `forward` sends the work there. @throws {FaultError} STORE_WRITE_FAILED if `limits.pendingEvents` is reached.
   */
  whenLoaded(ref: CallRef, needs: LoadNeeds, task: () => void, forward?: Forward): void {
    if (this.#loads) this.#loads.run(ref, needs, task, forward);
    else task();
  }

  /**
   * Returns what sends an event of a provider to the node that decides about its call; undefined without other nodes. However
   * often it is sent, the event is stored once.
   */
  forwardOf(providerId: ProviderId, given: ProviderEvent, by?: string): Forward | undefined {
    const { peers } = this.#deps;
    if (!peers) return undefined;
    const event = withKey(given);
    return async (owner) => {
      await peers.request(owner, 'event', { providerId, event, ...(by !== undefined && { by }) });
    };
  }

  /** Returns what brings a call to this node from the one that decides about it; undefined without other nodes. */
  bringOf(ref: ProviderCallRef): Forward | undefined {
    const { peers } = this.#deps;
    if (!peers) return undefined;
    return async (owner) => {
      await peers.request(owner, 'handOver', ref);
      return 'HANDED_OVER';
    };
  }

  /**
   * As `accept`, at the node that decides about the call, which has stored the event if it is another one.
   * @throws {FaultError} as `accept`, or one of CLUSTER_FAULTS.
   */
  async acceptAnywhere(
    providerId: ProviderId,
    given: ProviderEvent,
    by?: string,
  ): Promise<CallId | undefined> {
    const { peers } = this.#deps;
    const ref = { providerId, providerCallId: given.providerCallId };
    const event = peers ? withKey(given) : given;
    for (let attempt = 1; ; attempt++) {
      const owner = await this.ownerOf(ref, needsOf(event));
      if (!owner || !peers) return this.accept(providerId, event, by);
      try {
        const sent = { providerId, event, ...(by !== undefined && { by }) };
        return (await peers.request(owner, 'event', sent)).callId;
      } catch (error) {
        this.#deps.reads.forgetOwner?.(ref);
        if (!isNotOwner(error) || attempt >= MAX_OWNERS) throw error;
      }
    }
  }

  /**
   * Gives up a call: its work waits, its events are stored, memory forgets it, and another node can claim it. If none does, it is
   * loaded again with its next event. @throws {FaultError} NOT_OWNER, or a fault of kind store: then this node may still own it.
   */
  async handOver(ref: ProviderCallRef): Promise<void> {
    const { reads, registry, openCommands } = this.#deps;
    if (!this.#loads || !reads.release) return;
    await this.ready(ref);
    const callId = this.#find(ref.providerId, ref.providerCallId)?.id;
    await this.#loads.sealed(callId === undefined ? [ref] : [ref, callId], async () => {
      // Tasks whose call was loaded before the seal run in this turn.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#queue.committed();
      const call = callId === undefined ? undefined : this.current(callId);
      if (call) registry.release(call);
      if (call) openCommands.forget(call.id);
      await reads.release!(ref);
    });
  }

  /** Gives up a call, if it has ended. @throws {FaultError} CALL_STILL_LIVE, or as `handOver`. */
  async giveUp(callId: CallId): Promise<void> {
    await this.ready(callId);
    const call = this.current(callId);
    if (!call) return;
    if (isLive(call)) throw new FaultError('CALL_STILL_LIVE', 'the call is live');
    await this.handOver(call);
  }

  /**
   * Brings ended calls to this node, to change what is stored of them otherwise than by events. Returns those that are here; the
   * others are live, or their nodes do not answer. Rejects with a fault of kind store.
   */
  async bring(callIds: readonly CallId[]): Promise<readonly CallId[]> {
    if (!this.#loads) return callIds;
    const here: CallId[] = [];
    for (const callId of callIds) if (await this.#bring(callId)) here.push(callId);
    return here;
  }

  async #bring(callId: CallId): Promise<boolean> {
    const { peers } = this.#deps;
    const owner = await this.ownerOf(callId);
    if (!owner || !peers) return !owner;
    try {
      await peers.request(owner, 'giveUp', { callId });
    } catch {
      return false;
    } finally {
      this.forgetOwner(callId);
    }
    return (await this.ownerOf(callId)) === undefined;
  }

  /** Decides about a call from now on, also before its next event. @throws {FaultError} NOT_OWNER, or a fault of kind store. */
  async adopt(ref: ProviderCallRef): Promise<void> {
    const { registry } = this.#deps;
    await this.ready(ref);
    const call = this.#find(ref.providerId, ref.providerCallId);
    // With events that are not stored yet, it comes with their commit.
    if (call && isLive(call) && !registry.peek(call.id)) registry.putAll([call]);
  }

  /**
   * Runs a task while the work on calls of this node waits, and what they have accepted is stored. Runs it at once if the store
   * answers at once. @throws {FaultError} NOT_OWNER, or a fault of kind store
   */
  async sealed<Result>(callIds: readonly CallId[], task: () => Promise<Result>): Promise<Result> {
    const loads = this.#loads;
    if (!loads) return task();
    for (;;) {
      for (const callId of callIds) await this.ready(callId);
      const calls = callIds.flatMap((callId) => this.#deps.reads.recall(callId) ?? []);
      const done = await loads.sealed([...callIds, ...calls], async () => {
        // They may have been given up meanwhile.
        if (callIds.some((callId) => this.#mustLoad(callId))) return undefined;
        // Tasks whose call was loaded before the seal run in this turn.
        await new Promise((resolve) => setImmediate(resolve));
        return { result: await task() };
      });
      if (done) return done.result;
    }
  }

  /** As `whenLoaded`, for callers that can wait: undefined if it is in memory. Rejects with a fault of kind store, or NOT_OWNER. */
  ready(ref: CallRef, needs: LoadNeeds = {}): Promise<void> | undefined {
    return this.#loads?.ready(ref, needs);
  }

  /**
   * Loads a call, and returns the other node that decides about it; undefined if this one does. Rejects with a fault of kind store.
   */
  async ownerOf(ref: CallRef, needs: LoadNeeds = {}): Promise<Owner | undefined> {
    try {
      await this.ready(ref, needs);
      return undefined;
    } catch (error) {
      const owner = ownerIn(error);
      if (!owner) throw error;
      return owner;
    }
  }

  /** Whether this node decides about a call, and has loaded it. */
  isHere(ref: CallRef): boolean {
    return !this.#loads || !this.#mustLoad(ref);
  }

  /** Forgets which node decides about a call, so that the store is asked again. */
  forgetOwner(ref: CallRef): void {
    this.#deps.reads.forgetOwner?.(ref);
  }

  /** Returns whether there is a call with this id of its provider, stored or not, live or ended. */
  knows(providerId: ProviderId, providerCallId: ProviderCallId): boolean {
    return this.#find(providerId, providerCallId) !== undefined;
  }

  /** Returns the call after all accepted events, stored or not. For decisions, not for readers. */
  current(callId: CallId): Call | undefined {
    // What a cluster reads of the calls of other nodes may be behind; a call that was loaded is not.
    const loaded = this.#loads && this.#deps.reads.recall(callId);
    return this.#queue.call(callId) ?? loaded ?? this.#deps.registry.get(callId);
  }

  /** Returns the call of a final utterance, stored or not. */
  async callOfUtterance(id: UtteranceId): Promise<CallId | undefined> {
    const hasIt = ({ fact }: Draft) => fact.type === 'UTTERANCE_FINALIZED' && fact.utterance.id === id;
    return this.#queue.drafts.find(hasIt)?.callId ?? (await this.#deps.ledger.utterance(id))?.callId;
  }

  /** Returns the command with this key of its requester in its current status, stored or not. */
  commandByKey(requestedBy: string, key: string): NowOrLater<StoredCommand | undefined> {
    for (const { callId, fact } of this.#queue.drafts.toReversed()) {
      if (fact.type !== 'COMMAND_CHANGED') continue;
      const { command } = fact;
      if (command.requestedBy === requestedBy && command.idempotencyKey === key) return { callId, command };
    }
    return this.#deps.ledger.commandByKey(requestedBy, key);
  }

  /** Returns the id of a live or just created call without a database query: cheap enough for every audio frame. */
  liveId(providerId: ProviderId, providerCallId: ProviderCallId): CallId | undefined {
    const { registry } = this.#deps;
    return registry.liveId(providerId, providerCallId) ?? this.#queue.callId(providerId, providerCallId);
  }

  /** Resolves when all accepted events are stored. Rejects with a fault of kind store if the next commit fails. */
  committed(): Promise<void> {
    // What was loaded early may have been given up when the last one is loaded.
    const since = this.#queue.giveUps;
    return this.#loads?.settled()?.then(() => this.#queue.committed(since)) ?? this.#queue.committed();
  }

  /** Begins a request of a provider, whose events are those that wait for their calls from now on, and are added to the result. */
  acceptance(): Acceptance {
    const since = this.#queue.giveUps;
    return new Acceptance(() => this.#queue.committed(since));
  }

  /** Resolves when the events of a call that wait for it have been accepted, here or by its owner; undefined if none waits. */
  whenAccepted(ref: CallRef): Promise<void> | undefined {
    return this.#loads?.settled(ref);
  }

  /**
   * As `committed`, but of one call: a client that has changed it need not wait for the calls of other nodes, nor receive their
   * failures.
   */
  recorded(callId: CallId): Promise<void> {
    const since = this.#queue.giveUps;
    return this.#loads?.settled(callId)?.then(() => this.#queue.committed(since)) ?? this.#queue.committed();
  }

  /**
   * As `committed`, but without the events that wait for their calls. The answer to another node must not wait for those: they
   * may wait for the answer of that node.
   */
  stored(): Promise<void> {
    return this.#queue.committed();
  }

  /** Stores pending events now. Returns whether all are stored. */
  storeNow(): NowOrLater<boolean> {
    return this.#queue.storeNow();
  }

  /** Stores pending events for the last time, when the daemon stops. */
  close(): NowOrLater<void> {
    const lost = this.#loads?.close() ?? 0;
    if (lost > 0) this.#queue.drop(lost);
    return this.#queue.close();
  }

  /** Records an event that another node has sent, except if it is stored already. The call must be loaded. */
  recordOnce(callId: CallId, fact: CallFact, at: number, dedupeKey: string): void {
    if (this.#knowsKey(callId, dedupeKey)) return;
    // An event may have confirmed the command before its provider answered the other node.
    if (fact.type === 'COMMAND_CHANGED' && !this.#deps.openCommands.adopt(callId, fact.command)) return;
    this.#recordLoaded(callId, fact, at, dedupeKey);
  }

  /** Replaces calls in memory by their stored state. */
  #reload(calls: readonly Call[]): void {
    const { registry } = this.#deps;
    for (const call of calls) {
      const { providerId, providerCallId } = call;
      registry.forgetStale(call);
      const refresh = (): void => {
        const stored = registry.find(providerId, providerCallId);
        if (stored) registry.putAll([stored]);
      };
      try {
        this.whenLoaded({ providerId, providerCallId }, {}, refresh);
      } catch {
        // It is loaded before its next event.
      }
    }
  }

  #record(callId: CallId, fact: CallFact, at = this.#deps.clock.now()): void {
    const { peers } = this.#deps;
    try {
      const dedupeKey = peers && `node ${randomUUID()}`;
      const forward =
        peers &&
        ((owner: Owner) => peers.request(owner, 'fact', { callId, fact, at, dedupeKey: dedupeKey! }));
      this.whenLoaded(callId, {}, () => this.#recordLoaded(callId, fact, at), forward);
    } catch {
      this.#queue.drop(1);
    }
  }

  #recordLoaded(callId: CallId, fact: CallFact, at: number, dedupeKey?: string): void {
    let call: Call | undefined;
    try {
      call = this.current(callId);
    } catch {
      // The store has reported why it cannot be read.
      return this.#queue.drop(1);
    }
    if (call) this.#push(callId, call, [this.#redacted(call, fact)], at, dedupeKey);
  }

  #load(ref: CallRef, needs?: LoadNeeds): Promise<Owner | undefined> | undefined {
    return this.#isNew(ref) ? undefined : this.#deps.reads.load?.(ref, needs);
  }

  #mustLoad(ref: CallRef): boolean {
    const loading = this.#load(ref);
    loading?.catch(() => undefined);
    return loading !== undefined;
  }

  /** Whether nothing of a call is stored yet: there is nothing to load. */
  #isNew(ref: CallRef): boolean {
    const id = typeof ref === 'string' ? ref : this.#queue.callId(ref.providerId, ref.providerCallId);
    return id !== undefined && this.#queue.isNew(id);
  }

  #redacted({ providerId }: { readonly providerId?: ProviderId | undefined }, fact: CallFact): CallFact {
    const { redaction } = this.#deps;
    return redaction && providerId !== undefined ? redaction.fact(providerId, fact) : fact;
  }

  #recordWatched(callId: CallId, providerId: ProviderId, providerCallId: ProviderCallId): void {
    const key = awaitedKey(providerId, providerCallId);
    const by = this.#awaited.get(key);
    if (by === undefined) return;
    this.#awaited.delete(key);
    this.recordBy(by, callId, { type: 'CALL_WATCHED' });
  }

  #find(providerId: ProviderId, providerCallId: ProviderCallId): Call | undefined {
    const pendingId = this.#queue.callId(providerId, providerCallId);
    if (pendingId !== undefined) return this.#queue.call(pendingId);
    const { reads, registry } = this.#deps;
    return this.#loads ? reads.find(providerId, providerCallId) : registry.find(providerId, providerCallId);
  }

  #knowsKey(callId: CallId, key: string): boolean {
    if (this.#queue.hasDedupeKey(callId, key)) return true;
    return !this.#queue.isNew(callId) && this.#deps.reads.knowsKey(callId, key);
  }

  /** Returns the final utterances of a call, stored or not. */
  #utterancesOf(callId: CallId): readonly Utterance[] {
    const pending = this.#queue.drafts.flatMap((draft) =>
      draft.callId === callId && draft.fact.type === 'UTTERANCE_FINALIZED' ? [draft.fact.utterance] : [],
    );
    return this.#queue.isNew(callId) ? pending : [...this.#deps.reads.utterances(callId), ...pending];
  }

  #confirm(callId: CallId, commandId: CommandId): void {
    const command = this.#deps.openCommands.confirm(callId, commandId, this.#deps.clock.now());
    if (command) this.recordBy(command.requestedBy, callId, { type: 'COMMAND_CHANGED', command });
  }

  /** Ignores partials of ended calls, of calls that a transcriber transcribes, and of a pause of the transcription. */
  #showPartial(callId: CallId, event: ProviderEventOf<'utterance.partial'>): void {
    const call = this.current(callId);
    if (call && (!isLive(call) || isTranscribed(call))) return;
    if (event.text.trim() === '' || (call && isTextPaused(call, event, this.#deps.clock.now()))) return;
    this.#deps.partials.set(callId, event.party, event.text, event.occurredAt);
  }

  #push(
    callId: CallId,
    before: Call | undefined,
    derived: readonly CallFact[],
    at: number,
    dedupeKey?: string,
  ): boolean {
    if (derived.length === 0) return true;
    const { openCommands } = this.#deps;
    const confirmed = derived.flatMap((fact) => openCommands.confirmedBy(callId, fact, at));
    const changes = confirmed.map((command) => this.#redacted(before ?? {}, commandChanged(command)));
    const facts = [...derived, ...changes];
    return this.#queue.push({ callId, before, facts, at, ...(dedupeKey !== undefined && { dedupeKey }) });
  }
}

/** Returns an event that is stored once, however often it is sent to another node. */
const withKey = (event: ProviderEvent): ProviderEvent =>
  event.dedupeKey === undefined ? { ...event, dedupeKey: `node ${randomUUID()}` } : event;

/** Attributes an imported event. Of types that clients cause too, `by` means that a client did, so it is left out. */
const imported = (fact: CallFact, by: string): CallFact =>
  FACT_CAUSES[fact.type] === 'DAEMON' ? { ...fact, by } : fact;

const awaitedKey = (providerId: ProviderId, id: ProviderCallId): string => `${providerId} ${id}`;

const commandChanged = (command: Command): CallFact => ({
  type: 'COMMAND_CHANGED',
  command,
  by: command.requestedBy,
});
