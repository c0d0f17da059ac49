/**
 * Maps the audio of one socket to the timeline of the call. The service counts seconds of the audio that it received; an anchor is
 * kept for each position where that and the call diverge: the start, and every jump.
 */

/** Anchors that are kept. The service reports no results for older audio. */
export const MAX_ANCHORS = 256;
/** Largest difference between the position of audio and the end of the audio before at which it is contiguous. */
const POSITION_TOLERANCE_MS = 1;

interface Anchor {
  readonly seconds: number;
  readonly ms: number;
}

export interface Timeline {
  /** Length of the audio that was sent. */
  readonly seconds: number;
  /** Adds `seconds` of audio that were sent, from `atMs` of the call. */
  add(seconds: number, atMs: number): void;
  /** Returns the position in the call, in whole ms, within the audio that was sent. */
  msAt(seconds: number): number;
  /** Like `msAt`, for the end of something: at a jump it returns the position before it. */
  endMsAt(seconds: number): number;
}

/** Returns the timeline of a new socket. */
export function createTimeline(): Timeline {
  const anchors: Anchor[] = [];
  let sent = 0;

  function position(seconds: number, isAnchoredBy: (anchor: Anchor) => boolean): number {
    const anchor = anchors.findLast(isAnchoredBy) ?? anchors[0];
    if (!anchor) return 0;
    return Math.round(anchor.ms + (seconds - anchor.seconds) * 1000);
  }

  const clamp = (seconds: number): number => Math.min(sent, Math.max(0, seconds));

  return {
    get seconds() {
      return sent;
    },
    add(seconds, atMs) {
      const last = anchors.at(-1);
      const expectedMs = last && last.ms + (sent - last.seconds) * 1000;
      if (expectedMs === undefined || Math.abs(atMs - expectedMs) > POSITION_TOLERANCE_MS) {
        anchors.push({ seconds: sent, ms: atMs });
        if (anchors.length > MAX_ANCHORS) anchors.shift();
      }
      sent += seconds;
    },
    msAt(seconds) {
      const at = clamp(seconds);
      return position(at, (anchor) => anchor.seconds <= at);
    },
    endMsAt(seconds) {
      const at = clamp(seconds);
      return position(at, (anchor) => anchor.seconds < at);
    },
  };
}
