/**
 * Changes the sample rate of a sound, with a windowed sinc as anti-aliasing filter. Any part of the result can be computed
 * on its own, so converting a long sound does not block the event loop.
 */

/** Zero crossings of the sinc on each side. */
const LOBES = 12;

/** Returns the number of samples that `length` samples have at another rate. Rates are in Hz. */
export function resampledLength(length: number, fromRate: number, toRate: number): number {
  return Math.floor((length * toRate) / fromRate);
}

/** Returns samples `[from, from + count)` of the resampled sound, with silence outside of it. Rates are in Hz. */
export function resample(
  samples: Int16Array,
  fromRate: number,
  toRate: number,
  from: number,
  count: number,
): Int16Array {
  const result = new Int16Array(count);
  if (fromRate === toRate) {
    result.set(samples.subarray(from, Math.min(samples.length, from + count)));
    return result;
  }
  const step = fromRate / toRate;
  const cutoff = Math.min(1, toRate / fromRate);
  const reach = LOBES / cutoff;
  for (let i = 0; i < count; i++) {
    result[i] = sampleAt(samples, (from + i) * step, cutoff, reach);
  }
  return result;
}

function sampleAt(samples: Int16Array, position: number, cutoff: number, reach: number): number {
  const first = Math.max(0, Math.ceil(position - reach));
  const last = Math.min(samples.length - 1, Math.floor(position + reach));
  let sum = 0;
  for (let k = first; k <= last; k++) {
    const distance = position - k;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
    sum += samples[k]! * sinc(cutoff * distance) * window;
  }
  return Math.max(-32_768, Math.min(32_767, Math.round(sum * cutoff)));
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
