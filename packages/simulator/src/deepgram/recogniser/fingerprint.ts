// What a stretch of sound looks like from afar: how strong eight frequencies of the voice are, at four moments. Two
// such pictures are compared far more quickly than the samples, and a few milliseconds more or less change little.

/** How many frequencies are looked at. */
export const BANDS = 8;
/** How many moments a picture has. */
export const MOMENTS = 4;
/** The samples between two moments. */
export const MOMENT_STEP = 320;
/** The samples that are looked at for one moment. */
const WINDOW = 256;
/** The samples of a whole picture. */
export const PICTURE = (MOMENTS - 1) * MOMENT_STEP + WINDOW;

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

/** Writes the bands of one moment. The root makes what is soft count, too. */
export function drawMoment(samples: Int16Array, at: number, into: Float32Array, intoAt: number): void {
  for (let band = 0; band < BANDS; band += 1) {
    into[intoAt + band] = Math.sqrt(strength(samples, at, COSINES[band], SINES[band]));
  }
}

/** The picture of the samples from a place on, of length 1. */
export function drawPicture(samples: Int16Array, at: number): Float32Array {
  const picture = new Float32Array(MOMENTS * BANDS);
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    drawMoment(samples, at + moment * MOMENT_STEP, picture, moment * BANDS);
  }
  const length = Math.hypot(...picture);
  return length === 0 ? picture : picture.map((value) => value / length);
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
