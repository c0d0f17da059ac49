/**
 * The latest partial of each party of each call. A new partial overwrites the previous one; partials are neither stored nor
 * queued. A final keeps the id of its partial.
 */
import type { CallId, IdSource, Party, UtteranceId } from '@sidetone/core';
import type { PartialOrigin, PartialStore } from '../calls/ports.ts';
import { Notifier } from './notifier.ts';

export interface Partial {
  readonly id: UtteranceId;
  readonly party: Party;
  readonly text: string;
  readonly at: number;
  /** Increases with every change of any partial. */
  readonly version: number;
  /** Whether the source gave the id: its final then has the same id. */
  readonly hasGivenId: boolean;
  /** Name of the access token of the client that added it. */
  readonly by?: string;
}

export class LatestPartials implements PartialStore {
  readonly #ids: Pick<IdSource, 'utterance'>;
  readonly #calls = new Map<CallId, Map<Party, Partial>>();
  readonly #notifiers = new Map<CallId, Notifier>();
  readonly #redact: ((callId: CallId, text: string) => string) | undefined;
  readonly #onSet: ((callId: CallId, partial: Partial) => void) | undefined;
  #version = 0;

  /** @param deps `redact` replaces what must not be published; `onSet` receives the partials of calls of this node */
  constructor(deps: {
    ids: Pick<IdSource, 'utterance'>;
    redact?: ((callId: CallId, text: string) => string) | undefined;
    onSet?: ((callId: CallId, partial: Partial) => void) | undefined;
  }) {
    this.#ids = deps.ids;
    this.#redact = deps.redact;
    this.#onSet = deps.onSet;
  }

  set(callId: CallId, party: Party, given: string, at: number, origin: PartialOrigin = {}): UtteranceId {
    const text = this.#redact ? this.#redact(callId, given) : given;
    const { id: givenId, by } = origin;
    if (givenId !== undefined) this.drop(callId, givenId);
    const shown = this.#calls.get(callId)?.get(party);
    const id = givenId ?? (shown?.hasGivenId ? undefined : shown?.id) ?? this.#ids.utterance();
    const hasGivenId = givenId !== undefined;
    const partial = this.receive(callId, {
      id,
      party,
      text,
      at,
      hasGivenId,
      ...(by !== undefined && { by }),
    });
    this.#onSet?.(callId, partial);
    return id;
  }

  /** Replaces the partial of a party by one that is complete, such as one of another node. */
  receive(callId: CallId, received: Omit<Partial, 'version'>): Partial {
    const slots = this.#calls.get(callId) ?? new Map<Party, Partial>();
    this.#calls.set(callId, slots);
    const partial = { ...received, version: ++this.#version };
    slots.set(partial.party, partial);
    this.#notifiers.get(callId)?.notify();
    return partial;
  }

  /** Returns the partials of a call. */
  of(callId: CallId): readonly Partial[] {
    return [...(this.#calls.get(callId)?.values() ?? [])];
  }

  take(callId: CallId, party: Party): UtteranceId | undefined {
    const slots = this.#calls.get(callId);
    const shown = slots?.get(party);
    if (!shown || shown.hasGivenId) return undefined;
    slots?.delete(party);
    return shown.id;
  }

  drop(callId: CallId, id: UtteranceId): void {
    const slots = this.#calls.get(callId);
    for (const partial of slots?.values() ?? []) {
      if (partial.id === id) slots?.delete(partial.party);
    }
  }

  forget(callId: CallId): void {
    this.#calls.delete(callId);
  }

  /** Returns the oldest partial of a call that changed after `version`. */
  next(callId: CallId, version: number): Partial | undefined {
    let oldest: Partial | undefined;
    for (const partial of this.#calls.get(callId)?.values() ?? []) {
      const isNext = partial.version > version && (!oldest || partial.version < oldest.version);
      if (isNext) oldest = partial;
    }
    return oldest;
  }

  /** Calls the listener after each change of a call's partials. Returns a function that unsubscribes. */
  subscribe(callId: CallId, listener: () => void): () => void {
    const notifier = this.#notifiers.get(callId) ?? new Notifier();
    this.#notifiers.set(callId, notifier);
    const unsubscribe = notifier.subscribe(listener);
    return () => {
      unsubscribe();
      if (notifier.listeners === 0) this.#notifiers.delete(callId);
    };
  }

  /** Number of calls whose partials are subscribed to. */
  get watched(): number {
    return this.#notifiers.size;
  }
}
