/**
 * Which byte of a 16-bit sample comes first. Vobiz's sources disagree, so it can be measured: sound changes little from
 * one sample to the next, and read the wrong way round it jumps.
 */

export type ByteOrder = 'le' | 'be';

/** What is taken where nothing was measured, or nothing could be told. */
export const DEFAULT_BYTE_ORDER: ByteOrder = 'le';
/** How much sound is measured, ms. */
export const MEASURED_MS = 1000;
/** How much less the other order must jump than the default one, for it to be the right one. */
const AT_MOST = 0.5;

/** Gives the order of each frame of a stream: as told, or as measured once and for good. */
export type ByteOrderOf = (samples: Uint8Array) => ByteOrder;

const swapped = (value: number): number => ((((value & 0xff) << 8) | ((value >> 8) & 0xff)) << 16) >> 16;

/** The order of one stream. A frame in which nothing changes says nothing, and does not count. */
export function createByteOrder(told: ByteOrder | 'auto', sampleRate: number): ByteOrderOf {
  if (told !== 'auto') return () => told;
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
    decided = swappedJumps <= jumps * AT_MOST ? 'be' : DEFAULT_BYTE_ORDER;
    return decided;
  };
}
