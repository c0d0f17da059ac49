/** Maps frames of an audio stream to positions in the call. An anchor is kept for the start and for every jump. */

/** Jumps that are kept. */
const MAX_ANCHORS = 256;

interface FramePositions {
  /** Returns the number of frames in a duration. */
  framesIn(ms: number): number;
  /** Returns the position of a frame in the call, ms. */
  msAt(frame: number): number;
  /** Returns the frame at a position or, within a jump, the next one; at most `end`. */
  frameAt(ms: number, end: number): number;
  /** Returns the frame of a position, counted from the last anchor. The first position becomes frame 0. */
  place(ms: number): number;
  /** Starts a new anchor: the position `ms` is at `frame`, after a jump. */
  jump(frame: number, ms: number): void;
  /** Returns the frame of the next jump after a frame; Infinity if there is none. */
  nextJump(frame: number): number;
}

export function createFramePositions(sampleRate: number): FramePositions {
  const anchors: { readonly frame: number; readonly ms: number }[] = [];
  const framesIn = (ms: number): number => Math.round((ms * sampleRate) / 1000);

  return {
    framesIn,
    msAt(frame) {
      const anchor = anchors.findLast((each) => each.frame <= frame) ?? anchors[0];
      return anchor ? anchor.ms + ((frame - anchor.frame) * 1000) / sampleRate : 0;
    },
    frameAt(ms, end) {
      const index = anchors.findLastIndex((anchor) => anchor.ms <= ms);
      const anchor = anchors[index];
      if (!anchor) return 0;
      const until = anchors[index + 1]?.frame ?? end;
      return Math.min(until, anchor.frame + framesIn(ms - anchor.ms));
    },
    place(ms) {
      if (anchors.length === 0) anchors.push({ frame: 0, ms });
      const last = anchors.at(-1)!;
      return last.frame + framesIn(ms - last.ms);
    },
    jump(frame, ms) {
      anchors.push({ frame, ms });
      if (anchors.length > MAX_ANCHORS) anchors.shift();
    },
    nextJump: (frame) => anchors.find((anchor) => anchor.frame > frame)?.frame ?? Infinity,
  };
}
