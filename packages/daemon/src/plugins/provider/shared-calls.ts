/**
 * Lets a plugin read what its instances at other nodes have stored about a call: before a command, which needs the newest, and from
 * time to time while clients ask what is possible for the call.
 */
import type { Clock, ProviderCallId } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';

/** How old what is possible for a call may be, ms. */
export const SHARED_READ_MS = 2000;
/** Calls whose last read is remembered. */
const MAX_CALLS = 10_000;

export class SharedCalls {
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #load: (id: ProviderCallId) => Promise<void>;
  readonly #loadedAt = new BoundedMap<ProviderCallId, number>(MAX_CALLS);

  /** @param load must not reject */
  constructor(clock: Pick<Clock, 'elapsed'>, load: (id: ProviderCallId) => Promise<void>) {
    this.#clock = clock;
    this.#load = load;
  }

  load(id: ProviderCallId): Promise<void> {
    this.#loadedAt.set(id, this.#clock.elapsed());
    return this.#load(id);
  }

  /** The same, unless it was loaded a short time ago; returns undefined then. */
  loadIfOld(id: ProviderCallId): Promise<void> | undefined {
    const last = this.#loadedAt.get(id);
    return last !== undefined && this.#clock.elapsed() - last < SHARED_READ_MS ? undefined : this.load(id);
  }
}
