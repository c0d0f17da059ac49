/** Asking again what failed in a way that may pass, for work that has time: a backfill, not a command. */
import { isFault } from '@sidetone/core';
import type { Clock } from '@sidetone/core';

/** Waits after failures, ms: doubling, up to the last. */
export const RETRY_FIRST_MS = 1000;
export const RETRY_LONGEST_MS = 30_000;

/** Asks until there is an answer, a refusal, or `signal` aborts. @throws what the last question failed with. */
export async function askPatiently<Answer>(
  clock: Clock,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(RETRY_LONGEST_MS, delayMs * 2)) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      await clock.delay(delayMs, signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Too many questions, a server in trouble, no connection: these pass. A refusal does not. */
function mayPass(error: unknown): boolean {
  if (!isFault(error)) return false;
  const status = error.details['status'];
  return (
    error.code === 'PROVIDER_RATE_LIMITED' ||
    error.code === 'PROVIDER_UNREACHABLE' ||
    error.code === 'PROVIDER_TIMEOUT' ||
    (typeof status === 'number' && status >= 500)
  );
}
