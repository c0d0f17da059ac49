/**
 * Demand for live data: a count per call and kind, so that plugins and meters skip work for data that no client reads.
 */
import type { CallId, DemandKind } from '@sidetone/core';

type Listener = (callId: CallId | undefined) => void;

export class Demand {
  readonly #everyCall = new Map<DemandKind, number>();
  readonly #calls = new Map<DemandKind, Map<CallId, number>>();
  readonly #listeners = new Set<Listener>();

  /** Returns whether any call has demand. */
  exists(kind: DemandKind): boolean {
    return this.#everyCall.has(kind) || (this.#calls.get(kind)?.size ?? 0) > 0;
  }

  has(kind: DemandKind, callId: CallId): boolean {
    return this.#everyCall.has(kind) || this.#calls.get(kind)?.has(callId) === true;
  }

  /** Adds demand for the named calls, or for every call. Returns a function that removes it; calling it twice is safe. */
  add(kind: DemandKind, callIds: readonly CallId[] | undefined): () => void {
    this.#count(kind, callIds, 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#count(kind, callIds, -1);
      isHeld = false;
    };
  }

  /** Calls the listener with the call whose demand may have changed, or with undefined if that of every call may have. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Number of demands held. */
  get size(): number {
    return [...this.#calls.values()].reduce((sum, calls) => sum + calls.size, this.#everyCall.size);
  }

  #count(kind: DemandKind, callIds: readonly CallId[] | undefined, step: 1 | -1): void {
    if (callIds === undefined) {
      if (changeCount(this.#everyCall, kind, step)) this.#notify(undefined);
      return;
    }
    const calls = this.#calls.get(kind) ?? new Map<CallId, number>();
    this.#calls.set(kind, calls);
    for (const callId of callIds) {
      if (changeCount(calls, callId, step)) this.#notify(callId);
    }
  }

  #notify(callId: CallId | undefined): void {
    for (const listener of this.#listeners) listener(callId);
  }
}

/** Whether the count came from or fell to zero. */
function changeCount<Key>(counts: Map<Key, number>, key: Key, step: 1 | -1): boolean {
  const before = counts.get(key) ?? 0;
  const after = before + step;
  if (after > 0) counts.set(key, after);
  else counts.delete(key);
  return before === 0 || after <= 0;
}
