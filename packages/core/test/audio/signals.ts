/** Generates and measures signals for audio tests. */

/** Returns `samples` samples of a sine, full scale by default. */
export const sine = (hz: number, rate: number, samples: number, amplitude = 32_767): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / rate)),
  );

/** Returns the amplitude of a frequency in a signal: its projection on sine and cosine. */
export function amplitudeAt(hz: number, rate: number, samples: Int16Array): number {
  let [inPhase, quadrature] = [0, 0];
  samples.forEach((sample, i) => {
    inPhase += sample * Math.sin((2 * Math.PI * hz * i) / rate);
    quadrature += sample * Math.cos((2 * Math.PI * hz * i) / rate);
  });
  return (2 * Math.hypot(inPhase, quadrature)) / samples.length;
}

export const rms = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

/** Returns the samples without a quarter at both ends, where filters settle. */
export const middleOf = (samples: Int16Array): Int16Array =>
  samples.subarray(samples.length >> 2, (samples.length * 3) >> 2);

/** Returns the largest difference of adjacent samples. A click is a larger one than the signal has. */
export function largestStep(samples: Int16Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++)
    largest = Math.max(largest, Math.abs(samples[i]! - samples[i - 1]!));
  return largest;
}

export const concat = (pieces: readonly Int16Array[]): Int16Array =>
  Int16Array.from(pieces.flatMap((piece) => [...piece]));
