/**
 * One party's peaks of one stream: puts each at the time of its audio, however late it arrived, as recordings do. While it is
 * determined where the stream begins, or whether audio follows a pause, peaks are collected. Pure.
 */
import { SETTLE_MS } from '../complete-track.ts';
import { SAMPLES_PER_MS } from '../frames.ts';
import { createPlacement, type SharedBase } from '../placement.ts';

/** Most peaks that are collected. */
export const MAX_HELD_PEAKS = 1000;

export interface PeakFrame {
  /** dBFS; undefined if the meter has no reading. */
  readonly peakDb: number | undefined;
  readonly durationMs: number;
  /** Position on the stream's own timeline, ms, if reported. */
  readonly positionMs: number | undefined;
}

export interface PeakTrack {
  /** Adds the peak of a frame that arrived at `now`, ms. */
  write(frame: PeakFrame, now: number): void;
  /** Reports that `durationMs` of audio are missing. */
  gap(durationMs: number): void;
  /** Puts the remaining peaks. */
  end(): void;
}

/**
 * @param shared the mapping that the parties of the stream share.
 * @param put receives a peak and the start of its audio, in ms of the clock of `now`.
 */
export function createPeakTrack(shared: SharedBase, put: (peakDb: number, at: number) => void): PeakTrack {
  const placement = createPlacement(shared);
  /** The collected peaks: pairs of stream position and dBFS. */
  let held: number[] = [];
  let isSettling = false;
  let isHeldReported = false;
  let since = 0;
  let least = Infinity;
  /** Expected stream position of the next frame, and where the placed audio ends, in samples. */
  let counted = 0;
  let end = -Infinity;

  function place(at: number, length: number, peakDb: number | undefined): void {
    const position = placement.base! + at;
    end = Math.max(end, position + length);
    if (peakDb !== undefined) put(peakDb, position / SAMPLES_PER_MS);
  }

  function settle(): void {
    if (!isSettling) return;
    isSettling = false;
    const peaks = held;
    held = [];
    placement.settle(least, peaks[0] ?? counted, end, isHeldReported);
    for (let i = 0; i < peaks.length; i += 2) place(peaks[i]!, 0, peaks[i + 1]);
  }

  function hold(at: number, peakDb: number | undefined, offset: number, now: number): void {
    if (peakDb !== undefined) held.push(at, peakDb);
    least = Math.min(least, offset);
    if (now - since >= SETTLE_MS || held.length >= 2 * MAX_HELD_PEAKS) settle();
  }

  return {
    write({ peakDb, durationMs, positionMs }, now) {
      const length = durationMs * SAMPLES_PER_MS;
      const isReported = positionMs !== undefined;
      const at = isReported ? positionMs * SAMPLES_PER_MS : counted;
      const offset = now * SAMPLES_PER_MS - length - at;
      counted = at + length;
      if (!isSettling && placement.mustSettle(offset, isReported)) {
        isSettling = true;
        isHeldReported = isReported;
        since = now;
        least = Infinity;
      }
      if (isSettling) return hold(at, peakDb, offset, now);
      placement.observe(offset, now * SAMPLES_PER_MS);
      place(at, length, peakDb);
    },
    gap(durationMs) {
      counted += durationMs * SAMPLES_PER_MS;
    },
    end: settle,
  };
}
