/** Counts occurrences in a sliding time window. */
import type { Clock } from '@sidetone/core';

export class SlidingCounter {
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #windowMs: number;
  readonly #maximum: number;
  #times: number[] = [];

  /** Counts up to `maximum` occurrences within the last `windowMs`. */
  constructor(clock: Pick<Clock, 'elapsed'>, windowMs: number, maximum: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#maximum = maximum;
  }

  /** Adds an occurrence. Returns the number of occurrences within the window, this one included. */
  add(): number {
    const now = this.#clock.elapsed();
    const recent = this.#times.filter((at) => now - at < this.#windowMs);
    this.#times = [...recent, now].slice(-this.#maximum);
    return this.#times.length;
  }
}
