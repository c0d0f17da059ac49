import { FRAME_MS } from '../audio/pcm.ts';

/** Runs delayed actions of one call. It has no timer: time advances with `tick`. */
export interface Scheduler {
  /** Runs an action after a delay. Actions that are due in the same frame run in the order in which they were added. */
  after(ms: number, action: () => void): void;
  /** Advances by one frame. */
  tick(): void;
}

/** Creates an empty scheduler. */
export function createScheduler(): Scheduler {
  let nowMs = 0;
  let entries: { readonly atMs: number; readonly action: () => void }[] = [];
  return {
    after(ms, action) {
      entries.push({ atMs: nowMs + ms, action });
    },
    tick() {
      nowMs += FRAME_MS;
      const due = entries.filter(({ atMs }) => atMs <= nowMs).toSorted((a, b) => a.atMs - b.atMs);
      entries = entries.filter(({ atMs }) => atMs > nowMs);
      for (const { action } of due) action();
    },
  };
}
