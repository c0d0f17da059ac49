/**
 * Converts the timestamps of a stream to positions. The clock of the sender can be set during a call: then the audio continues
 * without a gap or an overlap, although its timestamps do not. Pure.
 */

/** Smaller differences between a timestamp and the end of the audio before it are jitter or drift, ms. */
export const MIN_STEP_MS = 100;

export interface SenderClock {
  /**
   * Returns the position of a frame in ms since the first frame of the stream; undefined for a frame that is older than it.
   * @param timestamp epoch ms on the sender's clock.
   * @param next where the frame belongs if its track continues without a pause; undefined for the first frame of a track.
   * @param lostMs how much audio may have been lost before the frame.
   * @param now elapsed time of the arrival.
   */
  positionOf(timestamp: number, next: number | undefined, lostMs: number, now: number): number | undefined;
  /** Number of times that the clock was set. */
  readonly steps: number;
}

export function createSenderClock(): SenderClock {
  /** Timestamp of position 0. */
  let origin: number | undefined;
  /** Largest difference of a position and its time of arrival: that of the frame which was delayed least. */
  let lead = -Infinity;
  let steps = 0;

  /** A clock that is set back repeats times; one that is set forward makes audio arrive before it was spoken. */
  function isStep(position: number, next: number, lostMs: number, now: number): boolean {
    if (position < next - MIN_STEP_MS) return true;
    return position > next + lostMs + MIN_STEP_MS && position - now > lead + MIN_STEP_MS;
  }

  return {
    positionOf(timestamp, next, lostMs, now) {
      origin ??= timestamp;
      let position = timestamp - origin;
      if (next !== undefined && isStep(position, next, lostMs, now)) {
        steps++;
        origin = timestamp - next - lostMs;
        position = next + lostMs;
      }
      lead = Math.max(lead, position - now);
      return position < 0 ? undefined : position;
    },
    get steps() {
      return steps;
    },
  };
}
