/** Exponential back-off with optional jitter. Pure: the caller owns the timer and the source of randomness. */

export interface BackOff {
  /** Delay after the first failure, ms. */
  readonly firstMs: number;
  /** Upper bound of the delay before jitter, ms. */
  readonly maxMs: number;
  /** Largest share of a delay that jitter removes, 0 to 1. 0 by default: no jitter. */
  readonly jitter?: number;
}

/**
 * Returns how long to wait before the next attempt, in whole ms: `firstMs` after the first failure, doubled with each
 * further one, at most `maxMs`.
 * @param failures consecutive failures so far; 1 after the first.
 * @param random from 0 to 1, for example `Math.random()`; how much of the jitter is applied.
 */
export function backOffMs({ firstMs, maxMs, jitter = 0 }: BackOff, failures: number, random = 0): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(fullMs * (1 - jitter * random));
}
