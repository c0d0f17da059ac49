/**
 * Who wants what: a count for each call and each kind of thing, so that plugins leave undone what nobody asked for.
 */
import type { CallId, Want } from '@sidetone/core';

type Listener = (callId: CallId | undefined) => void;

export class Interest {
  readonly #everyCall = new Map<Want, number>();
  readonly #calls = new Map<Want, Map<CallId, number>>();
  readonly #listeners = new Set<Listener>();

  wants(want: Want, callId: CallId): boolean {
    return this.#everyCall.has(want) || this.#calls.get(want)?.has(callId) === true;
  }

  /** Wants something of the named calls, or of every call, until the function that comes back is called. */
  add(want: Want, callIds: readonly CallId[] | undefined): () => void {
    this.#count(want, callIds, 1);
    let isHeld = true;
    return () => {
      if (isHeld) this.#count(want, callIds, -1);
      isHeld = false;
    };
  }

  /** Called with a call whose answer may have changed, or with nothing when that of every call may have. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many wants are held. */
  get size(): number {
    return [...this.#calls.values()].reduce((sum, calls) => sum + calls.size, this.#everyCall.size);
  }

  #count(want: Want, callIds: readonly CallId[] | undefined, step: 1 | -1): void {
    if (callIds === undefined) {
      if (changeCount(this.#everyCall, want, step)) this.#tell(undefined);
      return;
    }
    const calls = this.#calls.get(want) ?? new Map<CallId, number>();
    this.#calls.set(want, calls);
    for (const callId of callIds) {
      if (changeCount(calls, callId, step)) this.#tell(callId);
    }
  }

  #tell(callId: CallId | undefined): void {
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
