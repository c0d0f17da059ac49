// Measures whether a client sends audio in real time. From the first frame on, the duration of the audio is compared
// with the elapsed time.

import { CALL_SAMPLE_RATE, loudness } from '../../audio/pcm.ts';

/** A larger lead over the clock counts as faster than real time. */
const AHEAD_ALLOWED_MS = 100;
/** How many seconds of levels are kept. */
const MAX_SECONDS = 600;

/** The measurements so far. */
export interface Measured {
  readonly frames: number;
  readonly bytes: number;
  readonly audioMs: number;
  readonly largestGapMs: number;
  readonly aheadMs: number;
  readonly bytesFasterThanRealTime: number;
  readonly rmsPerSecond: readonly number[];
}

/** Measures one uplink. */
interface UplinkMeter {
  /** Adds a frame: its size, and its samples at the rate of calls. */
  frame(bytes: number, samples: Int16Array): void;
  measured(): Measured;
}

/** Creates a meter; `now` is a monotonic clock in milliseconds. */
export function createUplinkMeter(
  bytesASecond: number,
  now: () => number = () => performance.now(),
): UplinkMeter {
  let frames = 0;
  let bytes = 0;
  let startedAt = 0;
  let lastAt = 0;
  let largestGapMs = 0;
  let aheadMs = 0;
  let bytesFasterThanRealTime = 0;
  const rmsPerSecond: number[] = [];
  const second = new Int16Array(CALL_SAMPLE_RATE);
  let filled = 0;

  const fill = (samples: Int16Array): void => {
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + second.length - filled);
      second.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < second.length) return;
      rmsPerSecond.push(Math.round(loudness(second)));
      if (rmsPerSecond.length > MAX_SECONDS) rmsPerSecond.shift();
      filled = 0;
    }
  };

  return {
    frame(size, samples) {
      const at = now();
      if (frames === 0) startedAt = at;
      else largestGapMs = Math.max(largestGapMs, at - lastAt);
      lastAt = at;
      // The audio before this frame should not be longer than the elapsed time.
      const ahead = (bytes / bytesASecond) * 1000 - (at - startedAt);
      if (frames > 0) aheadMs = Math.max(aheadMs, ahead);
      if (frames > 0 && ahead > AHEAD_ALLOWED_MS) bytesFasterThanRealTime += size;
      frames += 1;
      bytes += size;
      fill(samples);
    },
    measured: () => ({
      frames,
      bytes,
      audioMs: Math.round((bytes / bytesASecond) * 1000),
      largestGapMs: Math.round(largestGapMs),
      aheadMs: Math.round(aheadMs),
      bytesFasterThanRealTime,
      rmsPerSecond: [...rmsPerSecond],
    }),
  };
}
