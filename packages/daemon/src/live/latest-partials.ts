/**
 * The newest words of each party that may still change: a slot, overwritten, never stored, never queued.
 * The id under which a partial is shown is the one that its final keeps.
 */
import type { CallId, IdSource, Party, UtteranceId } from '@sidetone/core';
import type { PartialStore } from '../calls/ports.ts';
import { Notifier } from './notifier.ts';

export interface Partial {
  readonly id: UtteranceId;
  readonly party: Party;
  readonly text: string;
  readonly at: number;
  /** Rises with every change on the board. */
  readonly version: number;
  /** Whether whoever tells the words gave them their id: their final then names it too. */
  readonly isNamed: boolean;
}

export class LatestPartials implements PartialStore {
  readonly #ids: Pick<IdSource, 'utterance'>;
  readonly #calls = new Map<CallId, Map<Party, Partial>>();
  readonly #notifiers = new Map<CallId, Notifier>();
  #version = 0;

  constructor(deps: { ids: Pick<IdSource, 'utterance'> }) {
    this.#ids = deps.ids;
  }

  set(callId: CallId, party: Party, text: string, at: number, named?: UtteranceId): UtteranceId {
    if (named !== undefined) this.drop(callId, named);
    const slots = this.#calls.get(callId) ?? new Map<Party, Partial>();
    this.#calls.set(callId, slots);
    const shown = slots.get(party);
    const id = named ?? (shown?.isNamed ? undefined : shown?.id) ?? this.#ids.utterance();
    const isNamed = named !== undefined;
    slots.set(party, { id, party, text, at, isNamed, version: ++this.#version });
    this.#notifiers.get(callId)?.notify();
    return id;
  }

  take(callId: CallId, party: Party): UtteranceId | undefined {
    const slots = this.#calls.get(callId);
    const shown = slots?.get(party);
    if (!shown || shown.isNamed) return undefined;
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

  /** The oldest change of a call that is newer than `version`. */
  next(callId: CallId, version: number): Partial | undefined {
    let oldest: Partial | undefined;
    for (const partial of this.#calls.get(callId)?.values() ?? []) {
      const isNext = partial.version > version && (!oldest || partial.version < oldest.version);
      if (isNext) oldest = partial;
    }
    return oldest;
  }

  listen(callId: CallId, listener: () => void): () => void {
    const notifier = this.#notifiers.get(callId) ?? new Notifier();
    this.#notifiers.set(callId, notifier);
    const unsubscribe = notifier.subscribe(listener);
    return () => {
      unsubscribe();
      if (notifier.listeners === 0) this.#notifiers.delete(callId);
    };
  }

  /** Calls whose partials someone reads. */
  get watched(): number {
    return this.#notifiers.size;
  }
}
