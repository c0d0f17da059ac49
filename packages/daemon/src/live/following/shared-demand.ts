/**
 * Demand of the clients of this node, as the other nodes need to know it: a client sees the live data of a call wherever the
 * call is. Whether a call is one of this node does not matter, since it may move; own data does not come back.
 */
import type { CallId, DemandKind } from '@sidetone/core';
import type { Demand } from '../demand.ts';
import type { LiveRelay, RelayedListener } from './ports.ts';

export interface SharedDemandDeps {
  readonly demand: Pick<Demand, 'add'>;
  readonly subscriber: LiveRelay['subscriber'];
  /** Receive the data of other nodes. */
  readonly partials: RelayedListener;
  readonly levels: RelayedListener;
  /** Called when no client needs the partials of a call any longer. */
  readonly onUnwatched: (callId: CallId) => void;
}

export class SharedDemand implements Pick<Demand, 'add'> {
  readonly #deps: SharedDemandDeps;
  readonly #watched = new Map<CallId, number>();

  constructor(deps: SharedDemandDeps) {
    this.#deps = deps;
  }

  /** Returns whether a client of this node reads the partials of a call. */
  isWatched(callId: CallId): boolean {
    return this.#watched.has(callId);
  }

  add(kind: DemandKind, callIds: readonly CallId[] | undefined): () => void {
    const { demand, subscriber } = this.#deps;
    const release = demand.add(kind, callIds);
    // Listeners follow the audio of a call by themselves.
    if (kind === 'audio') return release;
    if (kind === 'partials') for (const callId of callIds ?? []) this.#watch(callId, 1);
    const unfollow = (callIds ?? [undefined]).map((callId) =>
      subscriber.follow(kind, callId, this.#deps[kind]),
    );
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      release();
      for (const end of unfollow) end();
      if (kind === 'partials') for (const callId of callIds ?? []) this.#watch(callId, -1);
    };
  }

  #watch(callId: CallId, step: 1 | -1): void {
    const count = (this.#watched.get(callId) ?? 0) + step;
    if (count > 0) return void this.#watched.set(callId, count);
    this.#watched.delete(callId);
    this.#deps.onUnwatched(callId);
  }
}
