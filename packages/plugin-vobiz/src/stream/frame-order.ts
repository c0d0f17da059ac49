/**
 * Determines the position of each frame of a stream, and detects repeated and missing frames. Two tracks share one counter,
 * or each has its own; both have been observed. Pure.
 */
import { createSenderClock } from './sender-clock.ts';

/** The fields of a frame that determine its position. */
interface FramePosition {
  readonly chunk?: number;
  /** Epoch ms on the sender's clock. */
  readonly timestamp?: number;
}

interface Placement {
  /** Missing audio of this track just before this frame; 0 for none. */
  readonly gapMs: number;
  readonly gapFrames: number;
  /** Ms since the first frame of the stream; undefined without timestamps. */
  readonly positionMs: number | undefined;
}

/** Larger jumps of counters are ignored: one invalid number must not silence the rest of a call. */
const MAX_CHUNK_JUMP = 100_000;
/** The longest gap that is reported, ms. */
export const MAX_GAP_MS = 60_000;

interface Track {
  chunk: number | undefined;
  /** Where its last frame ends, ms since the first frame of the stream; undefined before its first timestamp. */
  endMs: number | undefined;
  durationMs: number;
}

export interface FrameOrder {
  /**
   * Returns the position of a frame of `durationMs` that arrived at `now`, in elapsed time; `'repeated'` if it, or a later one
   * of its track, was received before.
   */
  place(track: string, frame: FramePosition, durationMs: number, now: number): Placement | 'repeated';
  /** Number of times that the clock of the sender was set. */
  readonly clockSteps: number;
}

/** Creates the order of one stream. */
export function createFrameOrder(): FrameOrder {
  const tracks = new Map<string, Track>();
  /** Tracks that may have lost frames since their last one, according to the shared counter. */
  const suspects = new Set<string>();
  const clock = createSenderClock();
  let lastChunk: number | undefined;
  /** Whether each track has its own counter: detected when two of them use the same number. */
  let hasOwnCounters = false;

  const plausible = (chunk: number | undefined): number | undefined =>
    chunk !== undefined && lastChunk !== undefined && Math.abs(chunk - lastChunk) > MAX_CHUNK_JUMP
      ? undefined
      : chunk;

  function mayHaveLost(name: string, track: Track, chunk: number | undefined): boolean {
    const isSuspect = suspects.delete(name);
    return (
      isSuspect ||
      (hasOwnCounters && chunk !== undefined && track.chunk !== undefined && chunk > track.chunk + 1)
    );
  }

  /** Returns how much audio of a track is missing before a frame, by the counters. */
  function countedMs(track: Track, chunk: number | undefined): number {
    if (chunk === undefined || track.chunk === undefined) return 0;
    const tracksInCount = hasOwnCounters ? 1 : tracks.size;
    return (Math.round((chunk - track.chunk) / tracksInCount) - 1) * track.durationMs;
  }

  return {
    place(name, { chunk: reportedChunk, timestamp }, durationMs, now) {
      const known = tracks.get(name);
      const chunk = plausible(reportedChunk);
      if (chunk !== undefined && known?.chunk !== undefined && chunk <= known.chunk) return 'repeated';
      if (chunk !== undefined && chunk === lastChunk) hasOwnCounters = true;
      if (chunk !== undefined && lastChunk !== undefined && chunk > lastChunk + 1) {
        for (const track of tracks.keys()) suspects.add(track);
      }
      const isSuspect = known !== undefined && mayHaveLost(name, known, chunk);
      const lostMs = isSuspect ? countedMs(known, chunk) : 0;
      const positionMs =
        timestamp === undefined ? undefined : clock.positionOf(timestamp, known?.endMs, lostMs, now);
      let gapMs = 0;
      if (isSuspect && positionMs !== undefined && known.endMs !== undefined)
        gapMs = positionMs - known.endMs;
      else if (isSuspect) gapMs = lostMs;
      gapMs = known && gapMs >= known.durationMs / 2 && gapMs > 0 ? Math.min(gapMs, MAX_GAP_MS) : 0;
      if (chunk !== undefined) lastChunk = Math.max(lastChunk ?? chunk, chunk);
      const track = known ?? { chunk, endMs: undefined, durationMs };
      if (!known) tracks.set(name, track);
      const startMs = positionMs ?? (track.endMs === undefined ? undefined : track.endMs + gapMs);
      track.chunk = chunk ?? track.chunk;
      track.endMs = startMs === undefined ? undefined : startMs + durationMs;
      const gapFrames = gapMs > 0 ? Math.max(1, Math.round(gapMs / track.durationMs)) : 0;
      track.durationMs = durationMs;
      return { gapMs, gapFrames, positionMs };
    },
    get clockSteps() {
      return clock.steps;
    },
  };
}
