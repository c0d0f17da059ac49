// One timer for all calls. Each wake-up works out from the monotonic clock how many frames are due and gives
// them all, so that a late timer makes frames late but never makes the call slow: there is no drift.

import { FRAME_MS } from '../audio/pcm.ts';

/** After a longer stall (a suspended machine), time that was lost stays lost. */
export const MAX_CATCH_UP_FRAMES = 50;

/** Calls back every 20 ms, for as long as somebody is subscribed. */
export interface FrameClock {
  /** Returns what ends the subscription. */
  onFrame(callback: () => void): () => void;
  close(): void;
}

/** `now` is a monotonic clock in milliseconds. Whoever creates it closes it. */
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
