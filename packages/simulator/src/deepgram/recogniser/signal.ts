// What the recogniser's parts agree on about sound: it is compared at the rate of a telephone, in steps of 20 ms.

/** The rate at which sound is compared. */
export const RECOGNISER_SAMPLE_RATE = 8_000;
/** How many samples a step has. */
export const HOP = 160;
/** How many steps a second has. */
export const HOPS_PER_SECOND = RECOGNISER_SAMPLE_RATE / HOP;
/** As loud as sound must be at least to be more than hiss, as the root mean square of a step. */
export const AUDIBLE_RMS = 40;

/** How loud a step is: the root of the mean of its squares. */
export function hopLoudness(samples: Int16Array, at: number): number {
  let sum = 0;
  for (let index = at; index < at + HOP; index += 1) sum += (samples[index] ?? 0) ** 2;
  return Math.sqrt(sum / HOP);
}

/**
 * How alike two stretches of sound are, whatever their levels: 1 is the same, 0 nothing to do with each other. A
 * stride looks at some of the samples only.
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
