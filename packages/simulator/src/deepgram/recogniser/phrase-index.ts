// Everything that can be recognised: the recordings as a telephone would give them back, with what is worked out
// once for each, so that listening is cheap.

import { CALL_SAMPLE_RATE } from '../../audio/pcm.ts';
import { createResampler } from '../../audio/resampler.ts';
import type { Utterance } from '../../speech/library.ts';
import { BANDS, drawMoment, MOMENT_STEP, MOMENTS, PICTURE } from './fingerprint.ts';
import { HOP, hopLoudness, RECOGNISER_SAMPLE_RATE } from './signal.ts';
import { estimateWordTimes } from './word-times.ts';
import type { TimedWord } from './word-times.ts';

/** The silence that is kept around a recording, so that looking a little beside it finds silence. */
export const MARGIN = 256;
/** How many samples lie between two places at which a picture of a recording begins. */
export const GRID = MOMENT_STEP / 4;

/** A recording that can be recognised. */
export interface Phrase {
  readonly text: string;
  readonly words: readonly TimedWord[];
  /** Its samples at the listening rate, with `MARGIN` before and silence after. */
  readonly samples: Int16Array;
  /** The same, half a sample later: who has resampled may have moved it so. */
  readonly between: Int16Array;
  /** Its length without the margins, in steps. */
  readonly hops: number;
  /** How loud each step is. */
  readonly loudness: Float32Array;
  /** The bands at every place of the grid. */
  readonly moments: Float32Array;
  /** The length of the picture that begins at a place of the grid. */
  readonly pictureLengths: Float32Array;
}

/** Works out what the recogniser needs to know about recordings. */
export function createPhraseIndex(recordings: readonly Utterance[]): Phrase[] {
  return recordings.map(({ text, samples }) => createPhrase(text, toRecogniserRate(samples)));
}

function toRecogniserRate(samples: Int16Array): Int16Array {
  const even = new Int16Array(samples.length + (samples.length % 2));
  even.set(samples);
  return createResampler(CALL_SAMPLE_RATE, RECOGNISER_SAMPLE_RATE)(even);
}

function createPhrase(text: string, sound: Int16Array): Phrase {
  const hops = Math.ceil(sound.length / HOP);
  const samples = new Int16Array(MARGIN + hops * HOP + PICTURE);
  samples.set(sound, MARGIN);
  const loudness = Float32Array.from({ length: hops }, (_, hop) => hopLoudness(samples, MARGIN + hop * HOP));

  const places = Math.max(0, Math.floor((hops * HOP - PICTURE) / GRID) + 1);
  const stepPlaces = MOMENT_STEP / GRID;
  const moments = new Float32Array((places + (MOMENTS - 1) * stepPlaces) * BANDS);
  for (let place = 0; place * BANDS < moments.length; place += 1)
    drawMoment(samples, MARGIN + place * GRID, moments, place * BANDS);
  const pictureLengths = Float32Array.from({ length: places }, (_, place) => {
    let sum = 0;
    for (let moment = 0; moment < MOMENTS; moment += 1) {
      const at = (place + moment * stepPlaces) * BANDS;
      for (let band = 0; band < BANDS; band += 1) sum += (moments[at + band] ?? 0) ** 2;
    }
    return Math.sqrt(sum);
  });
  return {
    text,
    words: estimateWordTimes(text, sound),
    samples,
    between: halfLater(samples),
    hops,
    loudness,
    moments,
    pictureLengths,
  };
}

/** What lies half a sample before each sample, from the four samples around it. */
function halfLater(samples: Int16Array): Int16Array {
  return samples.map((sample, index) => {
    const around = 9 * (sample + (samples[index - 1] ?? 0));
    return Math.round((around - (samples[index + 1] ?? 0) - (samples[index - 2] ?? 0)) / 16);
  });
}
