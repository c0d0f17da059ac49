/** How often something happened lately. */
import type { Clock } from '@sidetone/core';

export class RecentCount {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #windowMs: number;
  readonly #most: number;
  #times: number[] = [];

  /** Counts what happened within the last `windowMs`, no further than `most`. */
  constructor(clock: Pick<Clock, 'now'>, windowMs: number, most: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#most = most;
  }

  /** Counts one more. How often it happened within the window, this time included, comes back. */
  add(): number {
    const now = this.#clock.now();
    const recent = this.#times.filter((at) => now - at < this.#windowMs);
    this.#times = [...recent, now].slice(-this.#most);
    return this.#times.length;
  }
}
