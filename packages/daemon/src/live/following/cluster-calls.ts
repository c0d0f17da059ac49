/**
 * The live calls of all nodes, as of the newest position that readers have received. Derived from the records of the log, those
 * of this node included, so a call that moves to another node is shown once. Nothing here makes this node decide about a call.
 */
import { evolve, isLive, type Call, type CallId, type CallRecord, type ProviderId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import { REMEMBERED_CALLS } from '../../calls/call-registry.ts';
import type { ShownCalls } from '../../calls/ports.ts';

export interface ClusterCallsDeps {
  /** The calls that this node decides about, for those that ended before it followed the log. */
  readonly registry: Pick<ShownCalls, 'recall'>;
}

export class ClusterCalls implements ShownCalls {
  readonly #deps: ClusterCallsDeps;
  #live = new Map<CallId, Call>();
  readonly #ended = new BoundedMap<CallId, Call>(REMEMBERED_CALLS);
  readonly #counts = new Map<ProviderId, number>();
  /** What earlier records say is contained. */
  #position = 0;

  constructor(deps: ClusterCallsDeps) {
    this.#deps = deps;
  }

  /** Number of live calls. */
  get size(): number {
    return this.#live.size;
  }

  /** Begins with the live calls at a position of the log. */
  load(calls: readonly Call[], position: number): void {
    this.#live = new Map(calls.map((call) => [call.id, call]));
    this.#counts.clear();
    for (const { providerId } of calls) this.#count(providerId, 1);
    this.#position = position;
  }

  /** Accepts records in the order of their positions. */
  apply(records: readonly CallRecord[]): void {
    for (const record of records) if (record.position > this.#position) this.#apply(record);
    this.#position = Math.max(this.#position, records.at(-1)?.position ?? 0);
  }

  peek(id: CallId): Call | undefined {
    return this.#live.get(id);
  }

  recall(id: CallId): Call | undefined {
    return this.#live.get(id) ?? this.#ended.get(id) ?? this.#deps.registry.recall(id);
  }

  live(providerId?: ProviderId): readonly Call[] {
    const calls = [...this.#live.values()];
    return providerId === undefined ? calls : calls.filter((call) => call.providerId === providerId);
  }

  liveCount(providerId: ProviderId): number {
    return this.#counts.get(providerId) ?? 0;
  }

  /** Forgets an ended call of which data was removed. */
  forget(id: CallId): void {
    this.#ended.delete(id);
  }

  /** Forgets the ended calls: data of them may have been removed unnoticed. */
  forgetEnded(): void {
    this.#ended.clear();
  }

  #apply({ callId, fact, at }: CallRecord): void {
    const known = this.#live.get(callId) ?? this.#ended.get(callId);
    // A late event of a call that ended long ago: history has the call.
    if (!known && fact.type !== 'CALL_STARTED') return;
    const call = evolve(known, callId, fact, at);
    if (call === known) return;
    const isNew = !this.#live.has(callId);
    if (isLive(call)) {
      this.#live.set(callId, call);
      if (isNew) this.#count(call.providerId, 1);
      return;
    }
    if (this.#live.delete(callId)) this.#count(call.providerId, -1);
    this.#ended.set(callId, call);
  }

  #count(providerId: ProviderId, step: 1 | -1): void {
    this.#counts.set(providerId, this.liveCount(providerId) + step);
  }
}
