/**
 * Determines the byte order of 16-bit samples. Vobiz's sources disagree, so it can be measured: sound changes little from
 * one sample to the next, and with the wrong byte order the values jump.
 */

export type ByteOrder = 'le' | 'be';

/** Used until enough audio was measured, and when the measurement is inconclusive. */
const DEFAULT_BYTE_ORDER: ByteOrder = 'le';
/** How much audio is measured, ms. */
const MEASURED_MS = 1000;
/** Big-endian is chosen if its jumps add up to at most this share of those of the default order. */
const MAX_RATIO = 0.5;

/** Returns the byte order of each frame of a stream: as configured, or as measured once. */
export type ByteOrderOf = (samples: Uint8Array) => ByteOrder;

const swapped = (value: number): number => ((((value & 0xff) << 8) | ((value >> 8) & 0xff)) << 16) >> 16;

/** Creates the byte order of one stream. Frames of constant value are not measured. */
export function createByteOrder(configured: ByteOrder | 'auto', sampleRate: number): ByteOrderOf {
  if (configured !== 'auto') return () => configured;
  const enough = (sampleRate * MEASURED_MS) / 1000;
  let decided: ByteOrder | undefined;
  let measured = 0;
  let jumps = 0;
  let swappedJumps = 0;

  function measure(samples: Uint8Array): void {
    const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
    const count = Math.floor(samples.byteLength / 2);
    let last = view.getInt16(0, true);
    let isConstant = true;
    for (let index = 1; index < count; index++) {
      const sample = view.getInt16(index * 2, true);
      if (sample !== last) isConstant = false;
      jumps += Math.abs(sample - last);
      swappedJumps += Math.abs(swapped(sample) - swapped(last));
      last = sample;
    }
    if (!isConstant) measured += count;
  }

  return (samples) => {
    if (decided !== undefined) return decided;
    if (samples.byteLength >= 4) measure(samples);
    if (measured < enough) return DEFAULT_BYTE_ORDER;
    decided = swappedJumps <= jumps * MAX_RATIO ? 'be' : DEFAULT_BYTE_ORDER;
    return decided;
  };
}
