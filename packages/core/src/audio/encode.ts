/** Encodes 16-bit samples as PCM of either byte order, or as G.711 mu-law (ITU-T G.711, 1988, table 2). */

const BIAS = 132;
/** The largest magnitude of a 16-bit sample that mu-law can represent. Larger ones are clipped. */
const CLIP = 32_635;

function encodePcm16(samples: Int16Array, isLittleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setInt16(i * 2, samples[i]!, isLittleEndian);
  return bytes;
}

/** Returns the samples as 16-bit little-endian PCM. */
export const encodePcm16le = (samples: Int16Array): Uint8Array => encodePcm16(samples, true);

/** Returns the samples as 16-bit big-endian PCM. */
export const encodePcm16be = (samples: Int16Array): Uint8Array => encodePcm16(samples, false);

/** Returns the samples as mu-law, one octet for each. */
export function encodeMulaw(samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, encodeSample);
}

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(CLIP, Math.abs(sample)) + BIAS;
  const segment = 24 - Math.clz32(magnitude);
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}
