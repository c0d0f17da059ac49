/** Receives live data of the calls of other nodes while somebody here needs it, and tells those nodes so. */
import type { CallId, Clock } from '@sidetone/core';
import type { Wire, WireMessage } from '../connection/ports.ts';
import type { Subjects } from '../subjects.ts';
import { DEMAND_RENEWAL_MS, EVERY_CALL, type RelayKind } from './kinds.ts';

export interface RelaySubscriberDeps {
  readonly wire: Wire;
  readonly subjects: Pick<Subjects, 'demand' | 'live'>;
  /** Of this process, whose own data does not come back. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'schedule'>;
}

/** Must neither wait nor throw. */
export type RelayListener = (callId: CallId, message: Pick<WireMessage, 'data' | 'text'>) => void;

interface Followed {
  readonly demand: string;
  readonly listeners: Set<RelayListener>;
  readonly unsubscribe: () => void;
}

export class RelaySubscriber {
  readonly #deps: RelaySubscriberDeps;
  readonly #followed = new Map<string, Followed>();
  readonly #stopWatching: () => void;
  #cancelRenewal: (() => void) | undefined;
  #received = 0;

  constructor(deps: RelaySubscriberDeps) {
    this.#deps = deps;
    this.#stopWatching = deps.wire.onChange((isConnected) => {
      if (isConnected) this.#renew();
    });
  }

  /** Messages that were received since the start. */
  get received(): number {
    return this.#received;
  }

  /** Kinds and calls that are demanded. */
  get size(): number {
    return this.#followed.size;
  }

  /** @param callId undefined for every call. Returns a function that ends the demand; calling it twice is safe. */
  follow(kind: RelayKind, callId: CallId | undefined, listener: RelayListener): () => void {
    const key = `${kind}.${callId ?? EVERY_CALL}`;
    const followed = this.#followed.get(key) ?? this.#start(key, kind, callId);
    // The same listener can be added twice.
    const own: RelayListener = (...args) => listener(...args);
    followed.listeners.add(own);
    return () => {
      if (!followed.listeners.delete(own) || followed.listeners.size > 0) return;
      this.#followed.delete(key);
      followed.unsubscribe();
      this.#deps.wire.offer(followed.demand, `-${this.#deps.instance}`);
    };
  }

  close(): void {
    this.#stopWatching();
    this.#cancelRenewal?.();
    for (const { unsubscribe, demand } of this.#followed.values()) {
      unsubscribe();
      this.#deps.wire.offer(demand, `-${this.#deps.instance}`);
    }
    this.#followed.clear();
  }

  #start(key: string, kind: RelayKind, callId: CallId | undefined): Followed {
    const { wire, subjects, instance } = this.#deps;
    const listeners = new Set<RelayListener>();
    const unsubscribe = wire.subscribe(subjects.live(kind, callId), (message) => {
      const [call = '', sender] = message.subject.split('.').slice(-2);
      if (sender === instance) return;
      this.#received += 1;
      for (const listener of listeners) listener(call as CallId, message);
    });
    const demand = subjects.demand(kind, callId ?? EVERY_CALL);
    const followed = { demand, listeners, unsubscribe };
    this.#followed.set(key, followed);
    wire.offer(demand, `+${instance}`);
    this.#renewLater();
    return followed;
  }

  #renewLater(): void {
    this.#cancelRenewal ??= this.#deps.clock.schedule(DEMAND_RENEWAL_MS, () => {
      this.#cancelRenewal = undefined;
      this.#renew();
      if (this.#followed.size > 0) this.#renewLater();
    });
  }

  #renew(): void {
    for (const { demand } of this.#followed.values())
      this.#deps.wire.offer(demand, `+${this.#deps.instance}`);
  }
}
