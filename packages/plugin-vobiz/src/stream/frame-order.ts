/**
 * Determines the position of each frame of a stream, and detects repeated and missing frames. Two tracks share one counter,
 * or each has its own; both have been observed. Pure.
 */

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

/** Larger jumps of counters and clocks are ignored: one invalid number must not silence the rest of a call. */
const MAX_CHUNK_JUMP = 100_000;
const MAX_TIME_JUMP_MS = 60 * 60 * 1000;
/** The longest gap that is reported, ms. */
export const MAX_GAP_MS = 60_000;

interface Track {
  chunk: number | undefined;
  timestamp: number | undefined;
  durationMs: number;
}

export interface FrameOrder {
  /** Returns the position of a frame of `durationMs`; `'repeated'` if it, or a later one of its track, was received before. */
  place(track: string, frame: FramePosition, durationMs: number): Placement | 'repeated';
}

/** Creates the order of one stream. */
export function createFrameOrder(): FrameOrder {
  const tracks = new Map<string, Track>();
  /** Tracks that may have lost frames since their last one, according to the shared counter. */
  const suspects = new Set<string>();
  let lastChunk: number | undefined;
  /** Whether each track has its own counter: detected when two of them use the same number. */
  let hasOwnCounters = false;
  let origin: number | undefined;

  const plausible = (
    value: number | undefined,
    last: number | undefined,
    limit: number,
  ): number | undefined =>
    value !== undefined && last !== undefined && Math.abs(value - last) > limit ? undefined : value;

  function missingMs(track: Track, chunk: number | undefined, timestamp: number | undefined): number {
    if (timestamp !== undefined && track.timestamp !== undefined) {
      return timestamp - track.timestamp - track.durationMs;
    }
    if (chunk === undefined || track.chunk === undefined) return 0;
    const tracksInCount = hasOwnCounters ? 1 : tracks.size;
    return (Math.round((chunk - track.chunk) / tracksInCount) - 1) * track.durationMs;
  }

  function gapBefore(name: string, chunk: number | undefined, timestamp: number | undefined) {
    const track = tracks.get(name);
    const jumped =
      hasOwnCounters && chunk !== undefined && track?.chunk !== undefined && chunk > track.chunk + 1;
    const isSuspect = suspects.delete(name) || jumped;
    const gapMs = track && isSuspect ? missingMs(track, chunk, timestamp) : 0;
    if (!track || gapMs < track.durationMs / 2 || gapMs <= 0) return { gapMs: 0, gapFrames: 0 };
    const bounded = Math.min(gapMs, MAX_GAP_MS);
    return { gapMs: bounded, gapFrames: Math.max(1, Math.round(bounded / track.durationMs)) };
  }

  return {
    place(name, frame, durationMs) {
      const known = tracks.get(name);
      const chunk = plausible(frame.chunk, lastChunk, MAX_CHUNK_JUMP);
      const timestamp = plausible(frame.timestamp, known?.timestamp ?? origin, MAX_TIME_JUMP_MS);
      if (chunk !== undefined && known?.chunk !== undefined && chunk <= known.chunk) return 'repeated';
      if (chunk !== undefined && chunk === lastChunk) hasOwnCounters = true;
      if (chunk !== undefined && lastChunk !== undefined && chunk > lastChunk + 1) {
        for (const track of tracks.keys()) suspects.add(track);
      }
      const gap = gapBefore(name, chunk, timestamp);
      if (chunk !== undefined) lastChunk = Math.max(lastChunk ?? chunk, chunk);
      origin ??= timestamp;
      if (known) {
        known.chunk = chunk ?? known.chunk;
        known.timestamp = timestamp;
        known.durationMs = durationMs;
      } else tracks.set(name, { chunk, timestamp, durationMs });
      const sinceFirst = timestamp === undefined || origin === undefined ? -1 : timestamp - origin;
      // No spread: objects copied that way survive young garbage collections, one per frame.
      return {
        gapMs: gap.gapMs,
        gapFrames: gap.gapFrames,
        positionMs: sinceFirst >= 0 ? sinceFirst : undefined,
      };
    },
  };
}
