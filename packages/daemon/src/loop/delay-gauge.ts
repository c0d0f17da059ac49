/**
 * Measures delays of the event loop of this thread: how late a timer runs. The histogram of Node.js forgets the delay that is going
 * on when it is reset, so it misses blocks that end just before it is read.
 */
import type { Clock } from '@sidetone/core';

/** Interval of the timer, ms. A shorter delay may not be seen. */
export const GAUGE_INTERVAL_MS = 50;

export interface DelayGauge {
  /** Returns the longest delay since the last call, ms. */
  takeLongestMs(): number;
  close(): void;
}

export function createDelayGauge(clock: Pick<Clock, 'elapsed' | 'schedule'>): DelayGauge {
  let longestMs = 0;
  let cancel = (): void => undefined;

  function wait(): void {
    const dueAt = clock.elapsed() + GAUGE_INTERVAL_MS;
    cancel = clock.schedule(GAUGE_INTERVAL_MS, () => {
      longestMs = Math.max(longestMs, clock.elapsed() - dueAt);
      wait();
    });
  }

  wait();
  return {
    takeLongestMs() {
      const taken = longestMs;
      longestMs = 0;
      return taken;
    },
    close: () => cancel(),
  };
}
