/**
 * A timeline of one call's audio: two channels at 16 kHz. Audio is put at its position in any order, and frames are taken in
 * order, with silence where there is no audio. Where audio overlaps, the newer replaces the older with a short crossfade, to
 * avoid clicks. Pure. Positions are in samples of one channel.
 */
import { CHANNELS, FRAME_SAMPLES } from './frames.ts';

/** How far ahead of the taken position audio can be put: about a second, as a power of two. */
export const AHEAD_SAMPLES = 16_384;
/** Length of the crossfade from older to newer audio: 5 ms. */
export const CROSSFADE_SAMPLES = 80;

const MASK = AHEAD_SAMPLES - 1;

interface Channel {
  readonly samples: Int16Array;
  /** 1 where there is audio. */
  readonly isPut: Uint8Array;
}

export interface Timeline {
  /** Number of samples taken of each channel: the position of the next frame. */
  readonly taken: number;
  /**
   * Puts audio at a position. Samples before the taken position or more than AHEAD_SAMPLES after it are dropped; returns their
   * number. The caller may reuse the array.
   */
  put(channel: number, samples: Int16Array, at: number): number;
  /** Returns the next frame, a new array with both channels interleaved. */
  take(): Int16Array;
  /** Skips frames and drops their audio. */
  skip(frames: number): void;
}

/** Returns an empty timeline. */
export function createTimeline(): Timeline {
  const channels: readonly Channel[] = Array.from({ length: CHANNELS }, () => ({
    samples: new Int16Array(AHEAD_SAMPLES),
    isPut: new Uint8Array(AHEAD_SAMPLES),
  }));
  let taken = 0;

  return {
    get taken() {
      return taken;
    },
    put(channel, samples, at) {
      const { samples: line, isPut } = channels[channel]!;
      const first = Math.max(0, taken - at);
      const last = Math.min(samples.length, taken + AHEAD_SAMPLES - at);
      for (let i = first; i < last; i++) {
        const index = (at + i) & MASK;
        const sample = samples[i]!;
        line[index] = i < CROSSFADE_SAMPLES && isPut[index] ? fade(line[index]!, sample, i) : sample;
        isPut[index] = 1;
      }
      return samples.length - Math.max(0, last - first);
    },
    take() {
      const frame = new Int16Array(FRAME_SAMPLES * CHANNELS);
      channels.forEach(({ samples: line, isPut }, channel) => {
        for (let i = 0; i < FRAME_SAMPLES; i++) {
          const index = (taken + i) & MASK;
          frame[i * CHANNELS + channel] = line[index]!;
          line[index] = 0;
          isPut[index] = 0;
        }
      });
      taken += FRAME_SAMPLES;
      return frame;
    },
    skip(frames) {
      for (const { samples: line, isPut } of channels) {
        for (let i = 0; i < Math.min(AHEAD_SAMPLES, frames * FRAME_SAMPLES); i++) {
          line[(taken + i) & MASK] = 0;
          isPut[(taken + i) & MASK] = 0;
        }
      }
      taken += frames * FRAME_SAMPLES;
    },
  };
}

function fade(older: number, newer: number, i: number): number {
  const weight = (i + 1) / (CROSSFADE_SAMPLES + 1);
  return Math.round(newer * weight + older * (1 - weight));
}
