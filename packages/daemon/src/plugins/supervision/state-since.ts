/** Since when a plugin has its state. Pure. */
import type { ProviderState } from '@sidetone/core';

interface Period {
  readonly state: ProviderState;
  /** Epoch ms. */
  readonly since: number;
}

/** A plugin that fails again after an attempt to start it has failed since the first failure. */
export class StateSince {
  #now: Period;
  /** The state before the attempt to start. */
  #before: Period | undefined;

  constructor(state: ProviderState, at: number) {
    this.#now = { state, since: at };
  }

  /** Epoch ms. */
  get at(): number {
    return this.#now.since;
  }

  /** To be called after everything that can change the state. */
  update(state: ProviderState, at: number): void {
    if (state === this.#now.state) return;
    if (state === 'STARTING') this.#before = this.#now;
    const isAgain = this.#now.state === 'STARTING' && this.#before?.state === state;
    this.#now = isAgain ? this.#before! : { state, since: at };
  }
}
