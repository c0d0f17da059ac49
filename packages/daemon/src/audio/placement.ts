/**
 * Maps the positions of a stream to positions on a call's timeline, for readers that have time. The mapping is determined by the
 * frame that was delayed least among the first ones, and determined again only if it cannot fit: then time has passed without
 * audio, or the stream's clock has jumped. Otherwise late audio keeps its position. Pure. All values are in samples.
 */
import { SAMPLES_PER_MS } from './frames.ts';

/** Audio that is earlier than this does not fit the mapping, ms. */
const MAX_EARLY_MS = 700;
/** Audio with a reported position that is later than this does not fit the mapping, ms. */
export const MAX_LATE_MS = 8000;
/**
 * Audio without a reported position that is later than this may follow a pause, ms. How much audio arrives now decides: a burst
 * that fills the pause was delayed.
 */
const MAX_PAUSE_MS = 120;
/** A pause shorter than this is not inserted, ms. */
const MIN_PAUSE_MS = 20;
/** How much later or earlier the first frames of another party may seem to be in a mapping that the parties share, ms. */
const SHARED_LATE_MS = 1000;
const SHARED_EARLY_MS = 100;
/** The smallest delay is measured in windows of this length, ms. */
const DRIFT_WINDOW_MS = 10_000;
/** Change of the smallest delay since the start that is corrected as drift of the stream's clock, ms. */
const MAX_DRIFT_MS = 20;
/** Larger changes from one window to the next are changes of the connection, and not corrected, ms. */
const MAX_DRIFT_STEP_MS = 60;
/** If all frames of a window are later than this, ms, time has passed. */
const MAX_LAG_MS = 500;

/** The mapping that the parties of a stream share. */
export interface SharedBase {
  base: number | undefined;
}

export interface Placement {
  /** Timeline position of stream position 0; undefined until it is settled. */
  readonly base: number | undefined;
  /** Returns whether the mapping must be settled before a frame with this offset is placed. */
  mustSettle(offset: number, isReported: boolean): boolean;
  /**
   * Determines the mapping by the smallest offset of some frames, the first of which is at stream position `first`. Audio is
   * not placed before `end`, where earlier audio of the party ends.
   */
  settle(least: number, first: number, end: number, isReported: boolean): void;
  /** Records the offset of a frame that arrived at `now`, to follow the drift of the stream's clock. */
  observe(offset: number, now: number): void;
}

/**
 * The offset of a frame is the difference of its ideal timeline position, as if it was spoken just before it arrived, and its
 * stream position.
 */
export function createPlacement(shared: SharedBase): Placement {
  let base: number | undefined;
  /** Smallest delay in the first window, in the previous one and in the current one. */
  let reference: number | undefined;
  let previous = 0;
  let least = Infinity;
  let since: number | undefined;

  function choose(offset: number, isReported: boolean): number {
    if (!isReported) {
      const pause = base === undefined ? Infinity : Math.abs(offset - base);
      return pause < MIN_PAUSE_MS * SAMPLES_PER_MS ? base! : offset;
    }
    const difference = offset - (shared.base ?? NaN);
    const isShared =
      difference > -SHARED_EARLY_MS * SAMPLES_PER_MS && difference < SHARED_LATE_MS * SAMPLES_PER_MS;
    return isShared ? shared.base! : offset;
  }

  function closeWindow(delay: number): void {
    if (delay > MAX_LAG_MS * SAMPLES_PER_MS) {
      base! += delay;
      reference = undefined;
      return;
    }
    if (reference === undefined) reference = delay;
    else if (Math.abs(delay - previous) > MAX_DRIFT_STEP_MS * SAMPLES_PER_MS) reference += delay - previous;
    const drift = delay - reference;
    previous = delay;
    if (Math.abs(drift) <= MAX_DRIFT_MS * SAMPLES_PER_MS) return;
    base! += drift;
    previous -= drift;
  }

  return {
    get base() {
      return base;
    },
    mustSettle(offset, isReported) {
      if (base === undefined) return true;
      const delay = offset - base;
      const latest = isReported ? MAX_LATE_MS : MAX_PAUSE_MS;
      return delay < -MAX_EARLY_MS * SAMPLES_PER_MS || delay > latest * SAMPLES_PER_MS;
    },
    settle(offset, first, end, isReported) {
      base = Math.max(choose(offset, isReported), end - first);
      if (isReported) shared.base = base;
      reference = undefined;
      since = undefined;
    },
    observe(offset, now) {
      if (since === undefined) {
        since = now;
        least = Infinity;
      }
      least = Math.min(least, offset - base!);
      if (now - since < DRIFT_WINDOW_MS * SAMPLES_PER_MS) return;
      closeWindow(least);
      since = undefined;
    },
  };
}
