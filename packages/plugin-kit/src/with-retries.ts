/** Retries requests that have no deadline, for example those of a backfill. Not for commands. */
import { isFault, type Clock } from '@sidetone/core';
import { backOffMs, type BackOff } from './back-off.ts';

/** The delays between attempts. */
export const RETRY_BACK_OFF: BackOff = { firstMs: 1000, maxMs: 30_000 };

/**
 * Calls `task` until it resolves, fails permanently, or `signal` aborts. Retries rate limits, timeouts, failed connections
 * and 5xx responses, without a limit.
 * @throws the error of the last attempt.
 */
export async function withRetries<Result>(
  clock: Clock,
  signal: AbortSignal,
  task: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 1; ; failures++) {
    try {
      return await task();
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error;
      await clock.delay(backOffMs(RETRY_BACK_OFF, failures), signal);
      if (signal.aborted) throw error;
    }
  }
}

function isTransient(error: unknown): boolean {
  if (!isFault(error)) return false;
  const status = error.details['status'];
  return (
    error.code === 'PROVIDER_RATE_LIMITED' ||
    error.code === 'PROVIDER_UNREACHABLE' ||
    error.code === 'PROVIDER_TIMEOUT' ||
    (typeof status === 'number' && status >= 500)
  );
}
