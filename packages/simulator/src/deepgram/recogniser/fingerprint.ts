// Fingerprints of audio: the strengths of eight voice frequencies at four moments. Comparing two of them is much faster
// than comparing samples, and they tolerate shifts of a few milliseconds.

/** The number of frequencies. */
export const BANDS = 8;
/** The number of moments. */
export const MOMENTS = 4;
/** The number of samples between two moments. */
export const MOMENT_STEP = 320;
/** The number of samples of one moment. */
const WINDOW = 256;
/** The number of samples of a fingerprint. */
export const FINGERPRINT_SAMPLES = (MOMENTS - 1) * MOMENT_STEP + WINDOW;

const RATE = 8_000;
const FREQUENCIES = [250, 400, 600, 850, 1_200, 1_700, 2_300, 3_000] as const satisfies { length: 8 };

const [COSINES, SINES] = [Math.cos, Math.sin].map((wave) =>
  FREQUENCIES.map((hz) =>
    Float64Array.from({ length: WINDOW }, (_, index) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / WINDOW);
      return hann * wave((2 * Math.PI * hz * index) / RATE);
    }),
  ),
) as [Float64Array[], Float64Array[]];

/** Writes the bands of one moment. The square root gives soft bands more weight. */
export function writeBands(samples: Int16Array, at: number, into: Float32Array, intoAt: number): void {
  for (let band = 0; band < BANDS; band += 1) {
    into[intoAt + band] = Math.sqrt(strength(samples, at, COSINES[band], SINES[band]));
  }
}

/** Returns the fingerprint of the samples from an index on, normalised to length 1. */
export function fingerprintOf(samples: Int16Array, at: number): Float32Array {
  const fingerprint = new Float32Array(MOMENTS * BANDS);
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    writeBands(samples, at + moment * MOMENT_STEP, fingerprint, moment * BANDS);
  }
  const length = Math.hypot(...fingerprint);
  return length === 0 ? fingerprint : fingerprint.map((value) => value / length);
}

function strength(
  samples: Int16Array,
  at: number,
  cosine: Float64Array | undefined,
  sine: Float64Array | undefined,
): number {
  if (cosine === undefined || sine === undefined) return 0;
  let real = 0;
  let imaginary = 0;
  for (let index = 0; index < WINDOW; index += 1) {
    const sample = samples[at + index] ?? 0;
    real += sample * (cosine[index] ?? 0);
    imaginary += sample * (sine[index] ?? 0);
  }
  return Math.hypot(real, imaginary);
}
