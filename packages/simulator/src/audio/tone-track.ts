// Tones that sound on one side of a call, over what is said there.

import { FRAME_SAMPLES, mixMono } from './pcm.ts';

/** How many tones may sound at once; one more is ignored. */
export const MAX_TONES = 20;

/** The tones of one side. */
export interface ToneTrack {
  add(samples: Int16Array): void;
  /** A frame of what is said, with what sounds over it. */
  over(frame: Int16Array): Int16Array;
}

/** A side without tones. */
export function createToneTrack(): ToneTrack {
  let sounding: Int16Array[] = [];
  return {
    add(samples) {
      if (sounding.length < MAX_TONES) sounding.push(samples);
    },
    over(frame) {
      if (sounding.length === 0) return frame;
      const mixed = sounding.reduce((sum, tone) => mixMono(sum, tone.subarray(0, FRAME_SAMPLES)), frame);
      sounding = sounding.map((tone) => tone.subarray(FRAME_SAMPLES)).filter(({ length }) => length > 0);
      return mixed;
    },
  };
}
