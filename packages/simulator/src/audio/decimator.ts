// Converts 16 kHz to 8 kHz. Every second sample is dropped, so frequencies above 4 kHz are removed first to prevent
// aliasing. The filter is a windowed sinc; it keeps the end of the last frame so that consecutive frames join
// seamlessly.

const TAPS = 63;
const CUTOFF = 3_500 / 16_000;

const KERNEL = Float64Array.from({ length: TAPS }, (_, index) => {
  const x = index - (TAPS - 1) / 2;
  const sinc = x === 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * x) / (Math.PI * x);
  const blackman =
    0.42 -
    0.5 * Math.cos((2 * Math.PI * index) / (TAPS - 1)) +
    0.08 * Math.cos((4 * Math.PI * index) / (TAPS - 1));
  return sinc * blackman;
});

/** Halves the sample rate of consecutive frames, whose lengths must be even. */
interface Decimator {
  push(frame: Int16Array): Int16Array;
}

/** Creates a decimator for one track. */
export function createDecimator(): Decimator {
  let history = new Int16Array(TAPS - 1);
  return {
    push(frame) {
      const input = new Int16Array(history.length + frame.length);
      input.set(history);
      input.set(frame, history.length);
      history = input.slice(frame.length);
      return Int16Array.from({ length: frame.length / 2 }, (_, index) => filter(input, index * 2));
    },
  };
}

function filter(input: Int16Array, at: number): number {
  let sum = 0;
  for (let tap = 0; tap < TAPS; tap += 1) sum += (KERNEL[tap] ?? 0) * (input[at + tap] ?? 0);
  return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
}
