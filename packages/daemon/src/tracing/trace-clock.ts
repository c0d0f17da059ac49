/** The times of spans: the wall clock, with the resolution of the monotonic clock. */
import type { Clock } from '@sidetone/core';

/** A larger difference between the clocks means that the wall clock was set, ms. */
const MAX_DRIFT_MS = 100;

export class TraceClock {
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>;
  #offset = NaN;

  constructor(clock: Pick<Clock, 'now' | 'elapsed'>) {
    this.#clock = clock;
  }

  /** Returns the time, epoch ms with fractions. */
  time(): number {
    const elapsed = this.#clock.elapsed();
    const wall = this.#clock.now();
    const isClose = Math.abs(this.#offset + elapsed - wall) <= MAX_DRIFT_MS;
    if (!isClose) this.#offset = wall - elapsed;
    return this.#offset + elapsed;
  }
}
