// Constants and functions of the recogniser. Audio is compared at telephone quality, in steps of 20 ms.

/** The sample rate of comparisons. */
export const RECOGNISER_SAMPLE_RATE = 8_000;
/** The number of samples in a step. */
export const HOP = 160;
/** The number of steps in a second. */
export const HOPS_PER_SECOND = RECOGNISER_SAMPLE_RATE / HOP;
/** The root mean square above which a step is more than noise. */
export const AUDIBLE_RMS = 40;

/** Returns the root mean square of a step. */
export function hopLoudness(samples: Int16Array, at: number): number {
  let sum = 0;
  for (let index = at; index < at + HOP; index += 1) sum += (samples[index] ?? 0) ** 2;
  return Math.sqrt(sum / HOP);
}

/**
 * Returns the similarity of two stretches of audio, independent of their levels: 1 is equal, 0 is unrelated. A stride
 * compares only some of the samples.
 */
export function similarity(
  one: Int16Array,
  oneAt: number,
  other: Int16Array,
  otherAt: number,
  length: number,
  stride = 1,
): number {
  let product = 0;
  let oneEnergy = 0;
  let otherEnergy = 0;
  for (let index = 0; index < length; index += stride) {
    const a = one[oneAt + index] ?? 0;
    const b = other[otherAt + index] ?? 0;
    product += a * b;
    oneEnergy += a * a;
    otherEnergy += b * b;
  }
  return oneEnergy === 0 || otherEnergy === 0 ? 0 : product / Math.sqrt(oneEnergy * otherEnergy);
}
