import { FRAME_SAMPLES, mixMono } from './pcm.ts';

/** How many tones can overlap; further ones are ignored. */
export const MAX_TONES = 20;

/** The tones of one track. */
export interface ToneTrack {
  /** Whether no tone is playing. */
  readonly idle: boolean;
  add(samples: Int16Array): void;
  /** Returns a frame with the current tones mixed into it. */
  over(frame: Int16Array): Int16Array;
}

/** Creates a track without tones. */
export function createToneTrack(): ToneTrack {
  let sounding: Int16Array[] = [];
  return {
    get idle() {
      return sounding.length === 0;
    },
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
