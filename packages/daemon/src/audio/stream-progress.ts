/**
 * How far a stream has delivered the audio of a party, and whether more is awaited while nothing arrives: the stream may be held
 * up, or it may not send silence. What arrives after a while without audio shows which of the two it is. Pure. Positions are in
 * samples.
 */
import { SAMPLES_PER_MS } from './frames.ts';

/** How long audio of an open stream is awaited, ms: transcribers receive what arrives until then. */
export const MAX_WAIT_MS = 6000;
/** Audio this much after the previous one follows a pause, ms. */
const MIN_PAUSE_MS = 200;
/** Contiguous audio this much behind real time was held up, ms. */
const MIN_LATE_MS = 320;
/** Shorter audio is the rest of a resampler, and no sign of a delay, ms. */
const MIN_AUDIO_MS = 5;
/** Number of pauses after which audio is not awaited, until some was held up. */
const MAX_PAUSES = 2;

export interface StreamProgress {
  /** Records audio between two positions, at the current position. */
  put(from: number, to: number, now: number): void;
  /** Records a gap that was reported: it is not a pause. */
  gap(): void;
  /** Returns the position from which audio is awaited; Infinity if it is not. */
  awaitedFrom(now: number): number;
}

export function createStreamProgress(): StreamProgress {
  let end: number | undefined;
  let pauses = 0;
  let hasGap = false;

  return {
    put(from, to, now) {
      if (end !== undefined && !hasGap) {
        if (from - end > MIN_PAUSE_MS * SAMPLES_PER_MS) pauses++;
        else if (to - from >= MIN_AUDIO_MS * SAMPLES_PER_MS && now - to > MIN_LATE_MS * SAMPLES_PER_MS)
          pauses = 0;
      }
      hasGap = false;
      end = Math.max(end ?? to, to);
    },
    gap() {
      hasGap = true;
    },
    awaitedFrom(now) {
      const isAwaited = end !== undefined && pauses < MAX_PAUSES && now - end < MAX_WAIT_MS * SAMPLES_PER_MS;
      return isAwaited ? end! : Infinity;
    },
  };
}
