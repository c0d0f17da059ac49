// One timer for all calls. Each time it fires, it computes from the monotonic clock how many frames are due and runs
// them all. A late timer therefore delays frames but causes no drift.

import { FRAME_MS } from '../audio/pcm.ts';

/** After a longer stall, such as a suspended machine, the lost time is not made up. */
export const MAX_CATCH_UP_FRAMES = 50;

/** Calls back every 20 ms while there are subscribers. */
export interface FrameClock {
  /** Subscribes and returns a function that unsubscribes. */
  onFrame(callback: () => void): () => void;
  close(): void;
}

/** Creates a frame clock; `now` is a monotonic clock in milliseconds. The caller closes it. */
export function createFrameClock(now: () => number = () => performance.now()): FrameClock {
  const subscribers = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let nextAt = 0;

  const schedule = (): void => {
    timer = setTimeout(wake, Math.max(0, nextAt - now()));
  };
  const wake = (): void => {
    timer = undefined;
    const due = Math.floor((now() - nextAt) / FRAME_MS) + 1;
    if (due > MAX_CATCH_UP_FRAMES) nextAt = now();
    for (let frame = Math.min(due, MAX_CATCH_UP_FRAMES); frame > 0; frame -= 1) {
      for (const callback of subscribers) callback();
    }
    if (due <= MAX_CATCH_UP_FRAMES) nextAt += Math.max(0, due) * FRAME_MS;
    else nextAt += FRAME_MS;
    if (subscribers.size > 0) schedule();
  };

  return {
    onFrame(callback) {
      subscribers.add(callback);
      if (timer === undefined) {
        nextAt = now() + FRAME_MS;
        schedule();
      }
      return () => subscribers.delete(callback);
    },
    close() {
      subscribers.clear();
      clearTimeout(timer);
    },
  };
}
