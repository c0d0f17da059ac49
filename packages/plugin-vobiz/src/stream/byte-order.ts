/**
 * Determines the byte order of 16-bit samples. Vobiz's sources disagree, so it can be measured: sound changes little from
 * one sample to the next, and with the wrong byte order the values jump.
 */

export type ByteOrder = 'le' | 'be';

/** Used for audio whose byte order is needed before it is known. */
export const DEFAULT_BYTE_ORDER: ByteOrder = 'le';
/** How much sound decides the order, if it is clear, ms. */
export const MEASURED_MS = 100;
/** How much sound is measured to correct an order that was remembered, ms. */
const CORRECTION_MS = 1000;
/** How much sound is measured at most; then the default is used, ms. */
const MAX_MEASURED_MS = 10_000;
/** An order is clear if its jumps add up to at most this share of those of the other one. */
const MAX_RATIO = 0.5;

/** Returns the byte order of each frame of a stream; undefined while it is not known. */
export type ByteOrderOf = (samples: Uint8Array) => ByteOrder | undefined;

interface ByteOrderOptions {
  readonly configured: ByteOrder | 'auto';
  readonly sampleRate: number;
  /** The order of earlier streams: used from the first frame, and corrected only if a second of sound contradicts it. */
  readonly remembered?: ByteOrder | undefined;
  /** Called with an order that was measured, if it differs from the remembered one. */
  readonly onMeasured?: (order: ByteOrder) => void;
}

const swapped = (value: number): number => ((((value & 0xff) << 8) | ((value >> 8) & 0xff)) << 16) >> 16;

/** Returns whether samples sound the same in both orders: the two bytes of each are equal, as in digital silence. */
export function isSymmetric(samples: Uint8Array): boolean {
  for (let index = 0; index + 1 < samples.length; index += 2) {
    if (samples[index] !== samples[index + 1]) return false;
  }
  return true;
}

/** Creates the byte order of one stream. Frames of constant value are not measured. */
export function createByteOrder(options: ByteOrderOptions): ByteOrderOf {
  const { configured, sampleRate, remembered, onMeasured } = options;
  if (configured !== 'auto') return () => configured;
  const samplesIn = (ms: number): number => (sampleRate * ms) / 1000;
  const enough = samplesIn(remembered ? CORRECTION_MS : MEASURED_MS);
  const most = remembered ? enough : samplesIn(MAX_MEASURED_MS);
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

  /** Returns the order that is clear by now. */
  function clearOrder(): ByteOrder | undefined {
    if (measured < enough) return undefined;
    if (swappedJumps <= jumps * MAX_RATIO) return 'be';
    return jumps <= swappedJumps * MAX_RATIO ? 'le' : undefined;
  }

  return (samples) => {
    if (decided !== undefined) return decided;
    if (samples.byteLength >= 4) measure(samples);
    decided = clearOrder();
    if (decided !== undefined && decided !== remembered) onMeasured?.(decided);
    if (measured >= most) decided ??= remembered ?? DEFAULT_BYTE_ORDER;
    return decided ?? remembered;
  };
}
