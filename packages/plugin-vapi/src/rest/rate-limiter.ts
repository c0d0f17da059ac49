/**
 * Limits the rate of REST requests that are not urgent. Vapi does not publish its limits: a few requests per second are sent, and
 * none for a while after a 429.
 */
import { CALL_PAUSE_MS, MAX_RATE_LIMIT_PAUSE_MS } from '@sidetone/plugin-kit';
import { isFault, type Clock } from '@sidetone/core';

/** Upper bound of a pause requested by `Retry-After`, ms. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

interface RateLimiter {
  /** Resolves when the next request may be sent, or at once when `signal` aborts. */
  acquire(signal: AbortSignal): Promise<void>;
  /** Pauses requests if the error says that there were too many. */
  report(error: unknown): void;
}

/** Returns a rate limiter. It holds timers only for requests that wait. */
export function createRateLimiter(clock: Clock): RateLimiter {
  let nextAt = 0;
  let pausedUntil = 0;
  return {
    async acquire(signal) {
      const slot = Math.max(clock.elapsed(), nextAt);
      nextAt = slot + CALL_PAUSE_MS;
      for (let until = slot; until > clock.elapsed() && !signal.aborted; until = pausedUntil) {
        await clock.delay(until - clock.elapsed(), signal);
      }
    },
    report(error) {
      if (!isFault(error) || error.code !== 'PROVIDER_RATE_LIMITED') return;
      const seconds = error.details['retryAfterSeconds'];
      const pauseMs = typeof seconds === 'number' ? seconds * 1000 : MAX_RATE_LIMIT_PAUSE_MS;
      pausedUntil = Math.max(pausedUntil, clock.elapsed() + Math.min(MAX_RETRY_AFTER_MS, pauseMs));
      nextAt = Math.max(nextAt, pausedUntil);
    },
  };
}
