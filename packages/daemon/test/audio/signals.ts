/** Computed signals and measurements for audio tests. */

/** Returns `ms` of a sine wave that starts with the phase of sample `from`. */
export const tone = (hz: number, rate: number, ms: number, amplitude = 16_000, from = 0): Int16Array =>
  Int16Array.from({ length: Math.round((rate * ms) / 1000) }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * (from + i)) / rate)),
  );

/** Returns the amplitude of the `hz` component of a signal. */
export function amplitudeAt(hz: number, rate: number, samples: ArrayLike<number>): number {
  let [inPhase, quadrature] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    inPhase += samples[i]! * Math.sin((2 * Math.PI * hz * i) / rate);
    quadrature += samples[i]! * Math.cos((2 * Math.PI * hz * i) / rate);
  }
  return (2 * Math.hypot(inPhase, quadrature)) / samples.length;
}

/** Returns the samples of one channel of interleaved audio. */
export const channelOf = (samples: Int16Array, channel: number, channels = 2): Int16Array =>
  samples.filter((_, i) => i % channels === channel);

export const peakOf = (samples: Int16Array): number =>
  samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

/** Returns the largest step between two samples: a click is a larger step than those of the signal. */
export function largestStep(samples: Int16Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++)
    largest = Math.max(largest, Math.abs(samples[i]! - samples[i - 1]!));
  return largest;
}

/** Returns the first and the last sample index at which a signal exceeds `threshold`. */
export function extentOf(samples: Int16Array, threshold = 200): readonly [first: number, last: number] {
  return [
    samples.findIndex((sample) => Math.abs(sample) > threshold),
    samples.findLastIndex((sample) => Math.abs(sample) > threshold),
  ];
}

export function concat(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
