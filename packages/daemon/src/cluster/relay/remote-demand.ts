/** Which live data other nodes demand. Their demand expires unless they repeat it. */
import type { CallId, Clock } from '@sidetone/core';
import type { Wire } from '../connection/ports.ts';
import type { Subjects } from '../subjects.ts';
import {
  DEMAND_MS,
  DEMAND_RENEWAL_MS,
  EVERY_CALL,
  isRelayKind,
  MAX_DEMANDS,
  type RelayKind,
} from './kinds.ts';

export interface RemoteDemandDeps {
  readonly wire: Pick<Wire, 'subscribe'>;
  readonly subjects: Pick<Subjects, 'demand'>;
  /** Of this process, whose own demand does not count. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
}

/** @param callId undefined if the demand for every call may have changed */
export type DemandListener = (kind: RelayKind, callId: CallId | undefined) => void;

export class RemoteDemand {
  readonly #deps: RemoteDemandDeps;
  /** When the demand of each process ends, by kind and call. */
  readonly #demands = new Map<string, Map<string, number>>();
  readonly #listeners = new Set<DemandListener>();
  readonly #unsubscribe: () => void;
  #size = 0;
  #dropped = 0;
  #cancelSweep: (() => void) | undefined;

  constructor(deps: RemoteDemandDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.wire.subscribe(deps.subjects.demand(), (message) => {
      const key = message.subject.split('.').slice(-2).join('.');
      const text = message.text();
      const instance = text.slice(1);
      if (instance === deps.instance) return;
      if (text.startsWith('+')) this.#add(key, instance);
      else this.#remove(key, instance);
    });
  }

  /** Demands that were not noted because there are too many. */
  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#size;
  }

  has(kind: RelayKind, callId: CallId): boolean {
    return this.#demands.has(`${kind}.${EVERY_CALL}`) || this.#demands.has(`${kind}.${callId}`);
  }

  /** Returns whether a node demands a kind of every call. */
  hasEvery(kind: RelayKind): boolean {
    return this.#demands.has(`${kind}.${EVERY_CALL}`);
  }

  /** Returns whether a node demands a kind of this call, and not only of every one. */
  hasCall(kind: RelayKind, callId: CallId): boolean {
    return this.#demands.has(`${kind}.${callId}`);
  }

  /** Calls the listener when the demand of a node begins, and when that of the last one ends. Returns a function that unsubscribes. */
  onChange(listener: DemandListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
    this.#cancelSweep?.();
  }

  #add(key: string, instance: string): void {
    const ends = this.#demands.get(key) ?? new Map<string, number>();
    if (!ends.has(instance)) {
      if (this.#size >= MAX_DEMANDS) {
        this.#dropped += 1;
        return;
      }
      this.#size += 1;
    }
    const isNew = !ends.has(instance);
    ends.set(instance, this.#deps.clock.elapsed() + DEMAND_MS);
    this.#sweepLater();
    this.#demands.set(key, ends);
    if (isNew) this.#notify(key);
  }

  #remove(key: string, instance: string): void {
    const ends = this.#demands.get(key);
    if (!ends?.delete(instance)) return;
    this.#size -= 1;
    if (ends.size > 0) return;
    this.#demands.delete(key);
    this.#notify(key);
  }

  #sweepLater(): void {
    this.#cancelSweep ??= this.#deps.clock.schedule(DEMAND_RENEWAL_MS, () => {
      this.#cancelSweep = undefined;
      const now = this.#deps.clock.elapsed();
      for (const [key, ends] of this.#demands)
        for (const [instance, end] of ends) if (end <= now) this.#remove(key, instance);
      if (this.#size > 0) this.#sweepLater();
    });
  }

  #notify(key: string): void {
    const [kind = '', call] = key.split('.');
    if (!isRelayKind(kind)) return;
    const callId = call === EVERY_CALL ? undefined : (call as CallId);
    for (const listener of this.#listeners) listener(kind, callId);
  }
}
