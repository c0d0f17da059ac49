/** The sample rate at which calls are mixed. */
export const CALL_SAMPLE_RATE = 16_000;
/** The duration of a frame on every socket of both providers. */
export const FRAME_MS = 20;
/** The number of samples of one party in a frame. */
export const FRAME_SAMPLES = (CALL_SAMPLE_RATE * FRAME_MS) / 1000;

/** The byte order of a sample: little-endian or big-endian. */
export type ByteOrder = 'le' | 'be';

/** Encodes 16-bit samples as bytes. */
export function encodeLinear16(samples: Int16Array, order: ByteOrder = 'le'): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length * 2);
  for (const [index, sample] of samples.entries()) {
    if (order === 'le') bytes.writeInt16LE(sample, index * 2);
    else bytes.writeInt16BE(sample, index * 2);
  }
  return bytes;
}

/** Decodes bytes to 16-bit samples; an incomplete last sample is dropped. */
export function decodeLinear16(bytes: Buffer, order: ByteOrder = 'le'): Int16Array {
  const read = (index: number): number =>
    order === 'le' ? bytes.readInt16LE(index * 2) : bytes.readInt16BE(index * 2);
  return Int16Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) => read(index));
}

/** Interleaves two parties as one little-endian stereo frame. */
export function encodeStereo(left: Int16Array, right: Int16Array): Buffer {
  const bytes = Buffer.allocUnsafe(left.length * 4);
  for (const [index, sample] of left.entries()) {
    bytes.writeInt16LE(sample, index * 4);
    bytes.writeInt16LE(right[index] ?? 0, index * 4 + 2);
  }
  return bytes;
}

/** Mixes two frames. */
export function mixMono(one: Int16Array, other: Int16Array): Int16Array {
  return one.map((sample, index) => Math.max(-32_768, Math.min(32_767, sample + (other[index] ?? 0))));
}

/** Returns the root mean square of samples. */
export function loudness(samples: Int16Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}
