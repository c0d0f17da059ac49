/**
 * Runs a function every 20 ms without drift: call n is scheduled for start + n * 20 ms, regardless of delays of earlier
 * calls. Calls that were missed because the event loop was busy are made up for, up to a limit.
 */
import type { Clock } from '../host.ts';

/** The length of a frame, in ms. */
export const FRAME_MS = 20;
/** The largest number of missed frames that are made up for at once. Earlier ones are skipped. */
export const MAX_CATCH_UP = 10;

/** Calls `step` with the frame number, starting with 0, immediately and then every 20 ms. Returns a function that stops it. */
export function pace(clock: Clock, step: (frame: number) => void): () => void {
  const startedAt = clock.elapsed();
  let next = 0;
  let cancel = (): void => undefined;
  const state = { isStopped: false };

  function run(): void {
    const due = Math.floor((clock.elapsed() - startedAt) / FRAME_MS);
    next = Math.max(next, due - MAX_CATCH_UP);
    while (next <= due && !state.isStopped) step(next++);
    if (!state.isStopped) cancel = clock.schedule(startedAt + next * FRAME_MS - clock.elapsed(), run);
  }

  run();
  return () => {
    state.isStopped = true;
    cancel();
  };
}
