/**
 * Runs a step once every 20 ms by the clock, without drift: each is due at a multiple of 20 ms from the start, whatever
 * the one before took. Steps that a busy loop missed are made up for, up to a bound.
 */
import type { Clock } from '../host.ts';

/** The length of a frame, ms. */
export const FRAME_MS = 20;
/** Most missed frames that are made up for at once; those beyond are left out. */
export const MAX_CATCH_UP = 10;

/** Calls `step` with the number of each frame, from 0, at once and then every 20 ms. The function that comes back ends it. */
export function pace(clock: Clock, step: (frame: number) => void): () => void {
  const startedAt = clock.now();
  let next = 0;
  let cancel = (): void => undefined;
  const life = { isOver: false };

  function run(): void {
    const due = Math.floor((clock.now() - startedAt) / FRAME_MS);
    next = Math.max(next, due - MAX_CATCH_UP);
    while (next <= due && !life.isOver) step(next++);
    if (!life.isOver) cancel = clock.schedule(startedAt + next * FRAME_MS - clock.now(), run);
  }

  run();
  return () => {
    life.isOver = true;
    cancel();
  };
}
