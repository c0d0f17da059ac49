// 16 kHz to 8 kHz. A telephone band ends below 3.4 kHz, so what lies above 4 kHz must be gone before every
// second sample is dropped, or it would come back as a whistle. A windowed sinc does it; the filter remembers
// the tail of the last frame, so that frames can be halved one after the other without a seam.

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

/** Halves the rate of what is pushed through it: each even-sized frame gives a frame of half the samples. */
export interface Decimator {
  push(frame: Int16Array): Int16Array;
}

/** One for each track of a stream, because it remembers what went before. */
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
