/** Exponential back-off with optional jitter. Pure: the caller provides the timer and the random number. */

/** The parameters of a back-off. */
export interface BackOff {
  /** Delay after the first failure, in ms. */
  readonly firstMs: number;
  /** Largest delay before jitter, in ms. */
  readonly maxMs: number;
  /** Largest share of a delay that jitter removes, 0 to 1. Default: 0. */
  readonly jitter?: number;
}

/**
 * Returns the delay before the next attempt, in whole ms: `firstMs` after the first failure, doubled with each further one,
 * at most `maxMs`.
 * @param failures number of consecutive failures; 1 after the first.
 * @param random 0 to 1, for example `Math.random()`; how much of the jitter is applied.
 */
export function backOffMs({ firstMs, maxMs, jitter = 0 }: BackOff, failures: number, random = 0): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(fullMs * (1 - jitter * random));
}
