/**
 * The live calls in memory, exactly as stored. A call leaves the registry once its end is stored; the newest ended calls are
 * kept for readers of their last events.
 */
import { isLive, type Call, type CallId, type ProviderCallId, type ProviderId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import type { CallReads } from './loading/ports.ts';
import type { ShownCalls } from './ports.ts';

/** Number of ended calls kept in memory. */
export const REMEMBERED_CALLS = 1000;

/** Receives the live calls that come to this node and leave it. */
export interface CallMoves {
  /** This node decides about the call from now on. Also called for a call that starts. */
  came(call: Call): void;
  /** Another node decides about it from now on. */
  left(callId: CallId): void;
}

export class CallRegistry implements ShownCalls {
  readonly #reads: CallReads;
  readonly #ended = new BoundedMap<CallId, Call>(REMEMBERED_CALLS);
  readonly #calls = new Map<CallId, Call>();
  /** Number of commits with events of each live call. */
  readonly #stamps = new Map<CallId, number>();
  readonly #ids = new Map<ProviderId, Map<ProviderCallId, CallId>>();

  readonly #moves = new Set<CallMoves>();
  readonly #canMove: boolean;

  /** @param deps `canMove`: whether there are other nodes, to which calls can go */
  constructor(deps: { readonly reads: CallReads; readonly canMove?: boolean }) {
    this.#reads = deps.reads;
    this.#canMove = deps.canMove ?? false;
  }

  /** Without other nodes, the listener is never called. Returns a function that unsubscribes. */
  onMoved(listener: CallMoves): () => void {
    if (this.#canMove) this.#moves.add(listener);
    return () => this.#moves.delete(listener);
  }

  /** Returns a call as stored, live or ended. */
  get(id: CallId): Call | undefined {
    return this.#calls.get(id) ?? this.#reads.get(id);
  }

  /** Returns a live call, without a database query. */
  peek(id: CallId): Call | undefined {
    return this.#calls.get(id);
  }

  /** Returns a call as stored; a live or recently ended one without a database query. */
  recall(id: CallId): Call | undefined {
    return this.#calls.get(id) ?? this.#ended.get(id) ?? this.#reads.recall(id);
  }

  /** Forgets an erased call. */
  forget(id: CallId): void {
    this.#ended.delete(id);
    this.#reads.forget?.(id);
  }

  /** Forgets a call whose state is older than the stored one. */
  forgetStale(call: Call): void {
    this.#calls.delete(call.id);
    this.#stamps.delete(call.id);
    this.#ended.delete(call.id);
    this.#ids.get(call.providerId)?.delete(call.providerCallId);
    this.#reads.forgetStale?.(call);
  }

  /** Forgets a call that goes to another node. */
  release(call: Call): void {
    this.forgetStale(call);
    for (const listener of this.#moves) listener.left(call.id);
  }

  /** Forgets all calls: another daemon decides about them. */
  forgetAll(): void {
    for (const memory of [this.#calls, this.#stamps, this.#ids]) memory.clear();
    this.#reads.forgetAll?.();
  }

  find(providerId: ProviderId, providerCallId: ProviderCallId): Call | undefined {
    const id = this.liveId(providerId, providerCallId);
    return id === undefined ? this.#reads.find(providerId, providerCallId) : this.#calls.get(id);
  }

  /** Returns the id of a live call without a database query: cheap enough for every audio frame. */
  liveId(providerId: ProviderId, providerCallId: ProviderCallId): CallId | undefined {
    return this.#ids.get(providerId)?.get(providerCallId);
  }

  /** Returns a number that increases with every stored event of a live call. */
  stamp(id: CallId): number {
    return this.#stamps.get(id) ?? 0;
  }

  live(providerId?: ProviderId): readonly Call[] {
    const calls = [...this.#calls.values()];
    return providerId === undefined ? calls : calls.filter((call) => call.providerId === providerId);
  }

  /** Number of live calls of all providers. */
  get size(): number {
    return this.#calls.size;
  }

  liveCount(providerId: ProviderId): number {
    return this.#ids.get(providerId)?.size ?? 0;
  }

  /** Replaces calls with their state as just stored. */
  putAll(calls: Iterable<Call>): void {
    for (const call of calls) this.#put(call);
  }

  #put(call: Call): void {
    const ids = this.#ids.get(call.providerId) ?? new Map<ProviderCallId, CallId>();
    this.#ids.set(call.providerId, ids);
    if (isLive(call)) {
      const hasCome = this.#canMove && !this.#calls.has(call.id);
      this.#calls.set(call.id, call);
      // After the commit that is under way: what listeners record belongs behind it.
      if (hasCome) queueMicrotask(() => this.#came(call.id));
      this.#stamps.set(call.id, this.stamp(call.id) + 1);
      ids.set(call.providerCallId, call.id);
    } else {
      this.#calls.delete(call.id);
      this.#stamps.delete(call.id);
      ids.delete(call.providerCallId);
      this.#ended.set(call.id, call);
    }
  }

  #came(id: CallId): void {
    const call = this.#calls.get(id);
    if (call) for (const listener of this.#moves) listener.came(call);
  }
}
