/**
 * The time line of one call's audio: two channels at 16 kHz, on which audio is put where it belongs, in any order, and
 * from which frames are taken in order; silence where there is none. Where audio overlaps what is there already, the
 * newer is heard, with a short crossfade, so that no joint clicks. Pure; places are counted in samples.
 */

/** Hz. */
export const TIMELINE_RATE = 16_000;
/** The customer, or whoever is not told apart, and the assistant. */
export const TIMELINE_CHANNELS = 2;
/** Length of a frame, ms and samples of one channel. */
export const TIMELINE_FRAME_MS = 20;
export const FRAME_SAMPLES = (TIMELINE_RATE * TIMELINE_FRAME_MS) / 1000;
/** How far ahead of what was taken audio can be put: a second, as a power of two. */
export const AHEAD_SAMPLES = 16_384;
/** Length of the fade from older audio to newer that overlaps it: 5 ms. */
export const CROSSFADE_SAMPLES = 80;

const MASK = AHEAD_SAMPLES - 1;

interface Channel {
  readonly samples: Int16Array;
  /** 1 where audio was put. */
  readonly isPut: Uint8Array;
}

export interface Timeline {
  /** How many samples of each channel were taken: the place of the next frame. */
  readonly taken: number;
  /**
   * Puts audio at a place. What lies behind what was taken, or more than AHEAD_SAMPLES ahead of it, is left out; how
   * many samples that were comes back. The samples may be reused.
   */
  put(channel: number, samples: Int16Array, at: number): number;
  /** The next frame, both channels interleaved. It is the caller's own. */
  take(): Int16Array;
  /** Leaves frames out: what was put there is never taken. */
  skip(frames: number): void;
}

/** A time line on which nothing was put. */
export function createTimeline(): Timeline {
  const channels: readonly Channel[] = Array.from({ length: TIMELINE_CHANNELS }, () => ({
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
        const place = (at + i) & MASK;
        const fresh = samples[i]!;
        line[place] = i < CROSSFADE_SAMPLES && isPut[place] ? fade(line[place]!, fresh, i) : fresh;
        isPut[place] = 1;
      }
      return samples.length - Math.max(0, last - first);
    },
    take() {
      const frame = new Int16Array(FRAME_SAMPLES * TIMELINE_CHANNELS);
      channels.forEach(({ samples: line, isPut }, channel) => {
        for (let i = 0; i < FRAME_SAMPLES; i++) {
          const place = (taken + i) & MASK;
          frame[i * TIMELINE_CHANNELS + channel] = line[place]!;
          line[place] = 0;
          isPut[place] = 0;
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
