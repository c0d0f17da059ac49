/**
 * The clients that watch a call: those with a subscription to its events or its transcript. It is derived from subscriptions,
 * so clients have nothing to report. Entered and left once for each subscription, never for an event.
 */
import type { CallId, Clock } from '@sidetone/core';
import type { CallPresence } from './ports.ts';

/** Most viewers of a call that are listed, the oldest first. */
export const MAX_LISTED_VIEWERS = 50;

interface Viewer extends CallPresence {
  subscriptions: number;
}

export class CallViewers {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #calls = new Map<string, Map<string, Viewer>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** The number of calls that at least one client watches. */
  get size(): number {
    return this.#calls.size;
  }

  /** Returns the clients that watch a call. A client is an access token at a network address. */
  viewersOf(callId: CallId): readonly CallPresence[] {
    return [...(this.#calls.get(callId)?.values() ?? [])].slice(0, MAX_LISTED_VIEWERS);
  }

  /**
   * Adds a subscription of a client to a call. Returns a function that must be called once, when the subscription ends.
   * @param client the key of the client
   * @param name the name of its access token
   */
  enter(callId: string, client: string, name: string): () => void {
    const viewers = this.#calls.get(callId) ?? new Map<string, Viewer>();
    this.#calls.set(callId, viewers);
    const viewer = viewers.get(client) ?? { name, since: this.#clock.now(), subscriptions: 0 };
    viewers.set(client, viewer);
    viewer.subscriptions++;
    return () => {
      if (--viewer.subscriptions > 0) return;
      viewers.delete(client);
      if (viewers.size === 0) this.#calls.delete(callId);
    };
  }
}
