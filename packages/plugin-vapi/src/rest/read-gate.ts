/**
 * When the next question may be asked of Vapi, whose limits are not published: a few a second, and none for a while
 * after it said that there were too many.
 */
import { CALL_PAUSE_MS, MAX_RATE_LIMIT_PAUSE_MS } from '@sidetone/plugin-kit';
import { isFault, type Clock } from '@sidetone/core';

/** The longest pause for which a `Retry-After` is believed, ms. */
export const LONGEST_COOL_DOWN_MS = 5 * 60_000;

export interface ReadGate {
  /** Settles when it is this question's turn, or at once when `signal` aborts. */
  pass(signal: AbortSignal): Promise<void>;
  /** Takes note of a failure: one that says "too many" closes the gate for a while. */
  note(error: unknown): void;
}

/** A gate that is open. Holds no timer but those of who waits at it. */
export function createReadGate(clock: Clock): ReadGate {
  let nextAt = 0;
  let closedUntil = 0;
  return {
    async pass(signal) {
      const turn = Math.max(clock.now(), nextAt);
      nextAt = turn + CALL_PAUSE_MS;
      for (let until = turn; until > clock.now() && !signal.aborted; until = closedUntil) {
        await clock.delay(until - clock.now(), signal);
      }
    },
    note(error) {
      if (!isFault(error) || error.code !== 'PROVIDER_RATE_LIMITED') return;
      const seconds = error.details['retryAfterSeconds'];
      const pauseMs = typeof seconds === 'number' ? seconds * 1000 : MAX_RATE_LIMIT_PAUSE_MS;
      closedUntil = Math.max(closedUntil, clock.now() + Math.min(LONGEST_COOL_DOWN_MS, pauseMs));
      nextAt = Math.max(nextAt, closedUntil);
    },
  };
}
