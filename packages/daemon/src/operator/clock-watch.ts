/** Logs when the wall clock is set: audio and timeouts are not affected, but timestamps are. */
import type { Clock, Logger } from '@sidetone/core';

export const CLOCK_CHECK_MS = 1000;
/** The change between two checks above which the clock was set, and not adjusted slowly, ms. */
export const CLOCK_STEP_MS = 500;

export interface ClockWatchDeps {
  readonly clock: Pick<Clock, 'now' | 'elapsed' | 'schedule'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Returns a function that stops watching. */
export function watchClock({ clock, log }: ClockWatchDeps): () => void {
  const offset = (): number => clock.now() - clock.elapsed();
  let known = offset();
  let cancel = clock.schedule(CLOCK_CHECK_MS, check);
  function check(): void {
    const stepMs = offset() - known;
    known += stepMs;
    if (Math.abs(stepMs) > CLOCK_STEP_MS) log.warn('wall clock was set', { stepMs: Math.round(stepMs) });
    cancel = clock.schedule(CLOCK_CHECK_MS, check);
  }
  return () => cancel();
}
