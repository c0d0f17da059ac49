// The recordings at telephone quality, with their precomputed fingerprints.

import { CALL_SAMPLE_RATE } from '../../audio/pcm.ts';
import { createResampler } from '../../audio/resampler.ts';
import type { Utterance } from '../../speech/library.ts';
import { BANDS, writeBands, MOMENT_STEP, MOMENTS, FINGERPRINT_SAMPLES } from './fingerprint.ts';
import { HOP, hopLoudness, RECOGNISER_SAMPLE_RATE } from './signal.ts';
import { estimateWordTimes } from './word-times.ts';
import type { TimedWord } from './word-times.ts';

/** The silence around a recording, so that shifted comparisons stay within its samples. */
export const MARGIN = 256;
/** The number of samples between two fingerprints of a recording. */
export const GRID = MOMENT_STEP / 4;

/** A recording that can be recognised. */
export interface Phrase {
  readonly text: string;
  readonly words: readonly TimedWord[];
  /** Its samples at the recogniser's rate, with `MARGIN` before and silence after. */
  readonly samples: Int16Array;
  /** The same samples shifted by half a sample, as resampling can do. */
  readonly shifted: Int16Array;
  /** Its length without margins, in steps. */
  readonly hops: number;
  /** The level of each step. */
  readonly loudness: Float32Array;
  /** The bands at every position of the grid. */
  readonly moments: Float32Array;
  /** The length of the fingerprint at each position of the grid. */
  readonly fingerprintLengths: Float32Array;
}

/** Precomputes the index of recordings. */
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
  const samples = new Int16Array(MARGIN + hops * HOP + FINGERPRINT_SAMPLES);
  samples.set(sound, MARGIN);
  const loudness = Float32Array.from({ length: hops }, (_, hop) => hopLoudness(samples, MARGIN + hop * HOP));

  const positions = Math.max(0, Math.floor((hops * HOP - FINGERPRINT_SAMPLES) / GRID) + 1);
  const stepPositions = MOMENT_STEP / GRID;
  const moments = new Float32Array((positions + (MOMENTS - 1) * stepPositions) * BANDS);
  for (let position = 0; position * BANDS < moments.length; position += 1)
    writeBands(samples, MARGIN + position * GRID, moments, position * BANDS);
  const fingerprintLengths = Float32Array.from({ length: positions }, (_, position) => {
    let sum = 0;
    for (let moment = 0; moment < MOMENTS; moment += 1) {
      const at = (position + moment * stepPositions) * BANDS;
      for (let band = 0; band < BANDS; band += 1) sum += (moments[at + band] ?? 0) ** 2;
    }
    return Math.sqrt(sum);
  });
  return {
    text,
    words: estimateWordTimes(text, sound),
    samples,
    shifted: shiftHalfSample(samples),
    hops,
    loudness,
    moments,
    fingerprintLengths,
  };
}

/** Shifts samples by half a sample, by interpolation of the four samples around it. */
function shiftHalfSample(samples: Int16Array): Int16Array {
  return samples.map((sample, index) => {
    const around = 9 * (sample + (samples[index - 1] ?? 0));
    return Math.round((around - (samples[index + 1] ?? 0) - (samples[index - 2] ?? 0)) / 16);
  });
}
