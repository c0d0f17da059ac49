/** Requests to a provider for many calls, one after another and below its rate limit. */
import { FaultError, isFault, messageOf, type Clock, type ControlledCall } from '@sidetone/core';

/** Pause between two requests, in ms. */
export const CALL_PAUSE_MS = 250;
/** The longest pause after PROVIDER_RATE_LIMITED, in ms. */
export const MAX_RATE_LIMIT_PAUSE_MS = 30_000;

/**
 * Calls `task` for each call in turn, and continues after failures. After PROVIDER_RATE_LIMITED, waits as long as
 * `details.retryAfterSeconds` says. Returns early if `signal` aborts.
 * @throws {FaultError} PROVIDER_UNREACHABLE after the last call if any failed.
 */
export async function forEachCall(
  clock: Clock,
  calls: readonly ControlledCall[],
  signal: AbortSignal,
  task: (call: ControlledCall) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  let pauseMs = 0;
  for (const call of calls) {
    if (pauseMs > 0) await clock.delay(pauseMs, signal);
    if (signal.aborted) return;
    pauseMs = CALL_PAUSE_MS;
    try {
      await task(call);
    } catch (error) {
      failures.push(error);
      pauseMs += rateLimitPauseMs(error);
    }
  }
  if (failures.length === 0 || signal.aborted) return;
  throw new FaultError(
    'PROVIDER_UNREACHABLE',
    `requests for ${failures.length} of ${calls.length} calls failed: ${messageOf(failures[0])}`,
    { cause: failures[0] },
  );
}

function rateLimitPauseMs(error: unknown): number {
  if (!isFault(error) || error.code !== 'PROVIDER_RATE_LIMITED') return 0;
  const seconds = error.details['retryAfterSeconds'];
  return Math.min(
    MAX_RATE_LIMIT_PAUSE_MS,
    typeof seconds === 'number' ? seconds * 1000 : MAX_RATE_LIMIT_PAUSE_MS,
  );
}
