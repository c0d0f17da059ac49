import { FRAME_MS } from '../audio/pcm.ts';

/** What a call means to do later. It has no timer of its own: a frame passes when it is told so. */
export interface Scheduler {
  /** Does something after a while; things due in the same frame are done in the order in which they were put. */
  after(ms: number, action: () => void): void;
  /** Lets a frame pass. */
  tick(): void;
}

/** An agenda with nothing on it. */
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
