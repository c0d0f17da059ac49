import type { HttpReply } from '../../http/http-request.ts';
import type { VapiBehaviour } from '../behaviour.ts';

/** Limits the rate of requests: after a burst, all are rejected for a while. */
export interface RateLimiter {
  /** Counts one request. Returns the error response if it is rejected. */
  check(): HttpReply | undefined;
}

/** Creates the rate limiter of one cloud; `now` returns milliseconds. */
export function createRateLimiter(behaviour: () => VapiBehaviour, now: () => number = Date.now): RateLimiter {
  let used = 0;
  let failures = 0;
  let lockedUntil = 0;
  return {
    check() {
      const { restBurst, restLockoutMs, restRetryAfter, restFailures } = behaviour();
      if (failures < restFailures) {
        failures += 1;
        return { status: 503, body: { message: 'Service Unavailable', statusCode: 503 } };
      }
      if (restBurst === 0) return undefined;
      const at = now();
      if (at >= lockedUntil && lockedUntil > 0) {
        lockedUntil = 0;
        used = 0;
      }
      if (lockedUntil === 0 && used < restBurst) {
        used += 1;
        return undefined;
      }
      if (lockedUntil === 0) lockedUntil = at + restLockoutMs;
      const seconds = Math.ceil((lockedUntil - at) / 1000);
      return {
        status: 429,
        ...(restRetryAfter ? { headers: { 'retry-after': String(seconds) } } : {}),
        body: { message: 'Too Many Requests', statusCode: 429 },
      };
    },
  };
}
