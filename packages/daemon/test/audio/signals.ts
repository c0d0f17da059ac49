/** Computed signals, and what they measure, for tests of audio. */

/** `ms` of a sine, whose phase goes on from sample `from`. */
export const tone = (hz: number, rate: number, ms: number, amplitude = 16_000, from = 0): Int16Array =>
  Int16Array.from({ length: Math.round((rate * ms) / 1000) }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * (from + i)) / rate)),
  );

/** Amplitude of the part of a signal that is a sine of `hz`. */
export function amplitudeAt(hz: number, rate: number, samples: ArrayLike<number>): number {
  let [inPhase, across] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    inPhase += samples[i]! * Math.sin((2 * Math.PI * hz * i) / rate);
    across += samples[i]! * Math.cos((2 * Math.PI * hz * i) / rate);
  }
  return (2 * Math.hypot(inPhase, across)) / samples.length;
}

/** The samples of one channel of interleaved audio. */
export const channelOf = (samples: Int16Array, channel: number, channels = 2): Int16Array =>
  samples.filter((_, i) => i % channels === channel);

export const peakOf = (samples: Int16Array): number =>
  samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

/** The largest step from one sample to the next: a click is a step that the signal does not have. */
export function largestStep(samples: Int16Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++)
    largest = Math.max(largest, Math.abs(samples[i]! - samples[i - 1]!));
  return largest;
}

/** Where a signal is first louder than `threshold`, and last, in samples. */
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
