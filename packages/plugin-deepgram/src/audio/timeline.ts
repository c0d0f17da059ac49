/**
 * Where the audio of one socket lies on the call's time line. The service counts seconds of the audio that it was sent; an
 * anchor is kept for each place where that and the call part: the beginning, and every jump.
 */

/** Anchors that are kept; of older ones no words come any more. */
export const MAX_ANCHORS = 256;
/** How far audio may be from where the last one ended and still follow on it. */
const SAME_PLACE_MS = 1;

interface Anchor {
  readonly seconds: number;
  readonly ms: number;
}

export interface TimeLine {
  /** How much audio was sent. */
  readonly seconds: number;
  /** Takes down that `seconds` of audio were sent, which the call heard at `atMs`. */
  add(seconds: number, atMs: number): void;
  /** The place in the call of a place in what was sent, whole ms: never outside of it. */
  msAt(seconds: number): number;
  /** The same for the end of something, which lies before a jump and not behind it. */
  endMsAt(seconds: number): number;
}

/** The time line of a socket over which nothing was sent yet. */
export function createTimeLine(): TimeLine {
  const anchors: Anchor[] = [];
  let sent = 0;

  function place(seconds: number, isAnchoredBy: (anchor: Anchor) => boolean): number {
    const anchor = anchors.findLast(isAnchoredBy) ?? anchors[0];
    if (!anchor) return 0;
    return Math.round(anchor.ms + (seconds - anchor.seconds) * 1000);
  }

  const within = (seconds: number): number => Math.min(sent, Math.max(0, seconds));

  return {
    get seconds() {
      return sent;
    },
    add(seconds, atMs) {
      const last = anchors.at(-1);
      const expectedMs = last && last.ms + (sent - last.seconds) * 1000;
      if (expectedMs === undefined || Math.abs(atMs - expectedMs) > SAME_PLACE_MS) {
        anchors.push({ seconds: sent, ms: atMs });
        if (anchors.length > MAX_ANCHORS) anchors.shift();
      }
      sent += seconds;
    },
    msAt(seconds) {
      const at = within(seconds);
      return place(at, (anchor) => anchor.seconds <= at);
    },
    endMsAt(seconds) {
      const at = within(seconds);
      return place(at, (anchor) => anchor.seconds < at);
    },
  };
}
