/** Returns the root mean square of samples. */
export function rms(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Returns a sine of one frequency at 16 kHz. */
export function sine(hz: number, length: number, level = 10_000): Int16Array {
  return Int16Array.from({ length }, (_, index) =>
    Math.round(level * Math.sin((2 * Math.PI * hz * index) / 16_000)),
  );
}

/** Decodes little-endian bytes. */
export function samplesOf(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
}
