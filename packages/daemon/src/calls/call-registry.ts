/**
 * The live calls, in memory: as they are in the store, no newer. A call that is over leaves the registry once its end is
 * stored; what still comes for it is looked up, but the newest of them are remembered for whoever reads about their end.
 */
import { isLive, type Call, type CallId, type ProviderCallId, type ProviderId } from '@sidetone/core';
import type { CallLedger } from './ports.ts';

/** How many calls that are over are remembered. */
export const REMEMBERED_CALLS = 1000;

export class CallRegistry {
  readonly #ledger: CallLedger;
  /** Calls that are over, the newest last. */
  readonly #over = new Map<CallId, Call>();
  readonly #calls = new Map<CallId, Call>();
  /** How often something was stored of each live call. */
  readonly #stamps = new Map<CallId, number>();
  readonly #ids = new Map<ProviderId, Map<ProviderCallId, CallId>>();

  constructor(deps: { ledger: CallLedger }) {
    this.#ledger = deps.ledger;
    this.putAll(deps.ledger.live());
  }

  /** The call as stored, live or not. */
  get(id: CallId): Call | undefined {
    return this.#calls.get(id) ?? this.#ledger.get(id);
  }

  /** A live call, without asking the store. */
  peek(id: CallId): Call | undefined {
    return this.#calls.get(id);
  }

  /** A call as stored, live or just over, or else from the store. */
  recall(id: CallId): Call | undefined {
    return this.#calls.get(id) ?? this.#over.get(id) ?? this.#ledger.get(id);
  }

  /** Forgets a call that was erased. */
  forget(id: CallId): void {
    this.#over.delete(id);
  }

  find(providerId: ProviderId, providerCallId: ProviderCallId): Call | undefined {
    const id = this.liveId(providerId, providerCallId);
    return id === undefined ? this.#ledger.find(providerId, providerCallId) : this.#calls.get(id);
  }

  /** The id of a live call, without asking the store: cheap enough for every frame. */
  liveId(providerId: ProviderId, providerCallId: ProviderCallId): CallId | undefined {
    return this.#ids.get(providerId)?.get(providerCallId);
  }

  /** Rises whenever something is stored of a live call, whether it changed the call or not. */
  stamp(id: CallId): number {
    return this.#stamps.get(id) ?? 0;
  }

  live(providerId?: ProviderId): readonly Call[] {
    const calls = [...this.#calls.values()];
    return providerId === undefined ? calls : calls.filter((call) => call.providerId === providerId);
  }

  liveCount(providerId: ProviderId): number {
    return this.#ids.get(providerId)?.size ?? 0;
  }

  /** Takes calls as they have just been stored. */
  putAll(calls: Iterable<Call>): void {
    for (const call of calls) this.#put(call);
  }

  #put(call: Call): void {
    const ids = this.#ids.get(call.providerId) ?? new Map<ProviderCallId, CallId>();
    this.#ids.set(call.providerId, ids);
    if (isLive(call)) {
      this.#calls.set(call.id, call);
      this.#stamps.set(call.id, this.stamp(call.id) + 1);
      ids.set(call.providerCallId, call.id);
    } else {
      this.#calls.delete(call.id);
      this.#stamps.delete(call.id);
      ids.delete(call.providerCallId);
      this.#remember(call);
    }
  }

  #remember(call: Call): void {
    this.#over.delete(call.id);
    this.#over.set(call.id, call);
    const oldest = this.#over.size > REMEMBERED_CALLS ? this.#over.keys().next().value : undefined;
    if (oldest !== undefined) this.#over.delete(oldest);
  }
}
