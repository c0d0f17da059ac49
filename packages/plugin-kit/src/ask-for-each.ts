/** Asking a provider about many calls, one after another, without being refused for haste. */
import type { ControlledCall, Clock } from '@sidetone/core';
import { FaultError, isFault, messageOf } from '@sidetone/core';

/** The pause between two questions, ms: four a second. */
export const ASK_PAUSE_MS = 250;
/** The longest pause after the provider said that there were too many, ms. */
export const MAX_COOL_DOWN_MS = 30_000;

/**
 * Asks for each call in turn, also after some failed, and stops when `signal` aborts.
 * @throws {FaultError} PROVIDER_UNREACHABLE at the end, when some could not be asked for.
 */
export async function askForEach(
  clock: Clock,
  calls: readonly ControlledCall[],
  signal: AbortSignal,
  ask: (call: ControlledCall) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  let pauseMs = 0;
  for (const call of calls) {
    if (pauseMs > 0) await clock.delay(pauseMs, signal);
    if (signal.aborted) return;
    pauseMs = ASK_PAUSE_MS;
    try {
      await ask(call);
    } catch (error) {
      failures.push(error);
      pauseMs += coolDownMs(error);
    }
  }
  if (failures.length === 0 || signal.aborted) return;
  throw new FaultError(
    'PROVIDER_UNREACHABLE',
    `${failures.length} of ${calls.length} calls could not be asked for: ${messageOf(failures[0])}`,
    { cause: failures[0] },
  );
}

function coolDownMs(error: unknown): number {
  if (!isFault(error) || error.code !== 'PROVIDER_RATE_LIMITED') return 0;
  const seconds = error.details['retryAfterSeconds'];
  return Math.min(MAX_COOL_DOWN_MS, typeof seconds === 'number' ? seconds * 1000 : MAX_COOL_DOWN_MS);
}
