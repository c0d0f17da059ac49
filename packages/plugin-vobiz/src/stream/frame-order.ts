/**
 * Puts the frames of a stream in their place: which were here before, which never came, and where on the stream's time
 * line each belongs. Two tracks share one counter, or each has its own; both are seen. Pure.
 */

/** What a frame says about its place. */
export interface FramePlace {
  readonly chunk?: number;
  /** Epoch ms on the sender's clock. */
  readonly timestamp?: number;
}

export interface Placement {
  /** Audio of this track that never came, just before this frame; 0 for none. */
  readonly gapMs: number;
  readonly gapFrames: number;
  /** Ms since the first frame of the stream, where frames carry timestamps. */
  readonly positionMs: number | undefined;
}

/** Counters and clocks do not jump further than this: one broken number must not silence the rest of a call. */
const MAX_CHUNK_JUMP = 100_000;
const MAX_TIME_JUMP_MS = 60 * 60 * 1000;
/** The longest gap that is told, ms. */
export const MAX_GAP_MS = 60_000;

interface Track {
  chunk: number | undefined;
  timestamp: number | undefined;
  durationMs: number;
}

export interface StreamOrder {
  /** Where a frame of `durationMs` belongs; `'repeated'` when it, or a later one of its track, was here before. */
  place(track: string, place: FramePlace, durationMs: number): Placement | 'repeated';
}

/** The order of one stream. */
export function createStreamOrder(): StreamOrder {
  const tracks = new Map<string, Track>();
  /** Tracks that may have lost frames since their last one, by the counter that they share. */
  const suspects = new Set<string>();
  let lastChunk: number | undefined;
  /** Whether each track counts for itself: seen when two of them use the same number. */
  let countApart = false;
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
    const tracksInCount = countApart ? 1 : tracks.size;
    return (Math.round((chunk - track.chunk) / tracksInCount) - 1) * track.durationMs;
  }

  function gapBefore(name: string, chunk: number | undefined, timestamp: number | undefined) {
    const track = tracks.get(name);
    const jumped = countApart && chunk !== undefined && track?.chunk !== undefined && chunk > track.chunk + 1;
    const isSuspect = suspects.delete(name) || jumped;
    const gapMs = track && isSuspect ? missingMs(track, chunk, timestamp) : 0;
    if (!track || gapMs < track.durationMs / 2 || gapMs <= 0) return { gapMs: 0, gapFrames: 0 };
    const told = Math.min(gapMs, MAX_GAP_MS);
    return { gapMs: told, gapFrames: Math.max(1, Math.round(told / track.durationMs)) };
  }

  return {
    place(name, place, durationMs) {
      const known = tracks.get(name);
      const chunk = plausible(place.chunk, lastChunk, MAX_CHUNK_JUMP);
      const timestamp = plausible(place.timestamp, known?.timestamp ?? origin, MAX_TIME_JUMP_MS);
      if (chunk !== undefined && known?.chunk !== undefined && chunk <= known.chunk) return 'repeated';
      if (chunk !== undefined && chunk === lastChunk) countApart = true;
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
      // Without a spread: objects copied that way live through collections of young garbage, a frame at a time.
      return {
        gapMs: gap.gapMs,
        gapFrames: gap.gapFrames,
        positionMs: sinceFirst >= 0 ? sinceFirst : undefined,
      };
    },
  };
}
