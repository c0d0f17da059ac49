/**
 * The last seconds of a call's audio: two interleaved channels at 16 kHz, written at any position and in any order, and read any
 * number of times. Positions are in samples of one channel. Audio without a position in the window is not stored.
 */
import { CHANNELS } from './frames.ts';

/** Length of the window: 8.2 s, as a power of two. 512 KiB for each call that is recorded or transcribed. */
export const WINDOW_SAMPLES = 131_072;

const MASK = WINDOW_SAMPLES - 1;

export interface AudioWindow {
  /** Position of the oldest sample. */
  readonly start: number;
  /** Moves the end of the window forward to a position: older audio is dropped, and the new part is silent. */
  advance(end: number): void;
  /** Writes samples of a channel. Those before the window are not written; returns their number. */
  put(channel: number, samples: Int16Array, at: number): number;
  /** Returns a copy of both channels from one position to another. Outside the window, it is silent. */
  read(from: number, to: number): Int16Array;
}

/** Returns a silent window that ends at position 0. */
export function createAudioWindow(): AudioWindow {
  const ring = new Int16Array(WINDOW_SAMPLES * CHANNELS);
  let end = 0;

  /** Calls `visit` with the one or two contiguous parts of a range, as indexes of the ring. */
  function forParts(from: number, to: number, visit: (first: number, last: number) => void): void {
    for (let at = from; at < to;) {
      const index = at & MASK;
      const count = Math.min(to - at, WINDOW_SAMPLES - index);
      visit(index * CHANNELS, (index + count) * CHANNELS);
      at += count;
    }
  }

  function advance(to: number): void {
    if (to <= end) return;
    forParts(Math.max(end, to - WINDOW_SAMPLES), to, (first, last) => ring.fill(0, first, last));
    end = to;
  }

  return {
    get start() {
      return end - WINDOW_SAMPLES;
    },
    advance,
    put(channel, samples, at) {
      advance(at + samples.length);
      const late = Math.min(samples.length, Math.max(0, end - WINDOW_SAMPLES - at));
      for (let i = late; i < samples.length; i++) ring[((at + i) & MASK) * CHANNELS + channel] = samples[i]!;
      return late;
    },
    read(from, to) {
      const result = new Int16Array((to - from) * CHANNELS);
      const first = Math.max(from, end - WINDOW_SAMPLES);
      let filled = (first - from) * CHANNELS;
      forParts(first, Math.min(to, end), (start, last) => {
        result.set(ring.subarray(start, last), filled);
        filled += last - start;
      });
      return result;
    },
  };
}
