import { CALL_SAMPLE_RATE } from './pcm.ts';
import { createDecimator } from './decimator.ts';

/** Changes the sample rate of consecutive pushes, which join seamlessly. */
export type Resample = (samples: Int16Array) => Int16Array;

/**
 * Creates a resampler with linear interpolation. From the rate of calls to half of it, it uses `createDecimator`
 * instead, as a telephone line would.
 */
export function createResampler(from: number, to: number): Resample {
  if (from === to) return (samples) => samples;
  if (from === CALL_SAMPLE_RATE && to * 2 === from) {
    const decimator = createDecimator();
    return (samples) => decimator.push(samples);
  }
  const step = from / to;
  let last = 0;
  // The position of the next output sample, relative to the sample before the next push.
  let position = 1;
  return (samples) => {
    const output: number[] = [];
    const at = (index: number): number => (index === 0 ? last : (samples[index - 1] ?? 0));
    for (; position < samples.length; position += step) {
      const index = Math.floor(position);
      const share = position - index;
      output.push(Math.round(at(index) * (1 - share) + at(index + 1) * share));
    }
    if (samples.length > 0) {
      last = samples.at(-1) ?? 0;
      position -= samples.length;
    }
    return Int16Array.from(output);
  };
}
