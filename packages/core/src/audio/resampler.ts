/**
 * Changing the sample rate of a stream that comes in pieces: one filter runs across all of them, so that no joint is
 * heard. A windowed sinc of 12 zero crossings on each side, as in `resample`; what the new rate cannot carry is filtered
 * out: a tone that is a third beyond its band is at least 40 dB down. The speed can be trimmed while it runs, which takes
 * up the drift of a clock.
 */

/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const LOBES = 12;
/**
 * How finely places between two samples are told apart. A multiple of what the usual rates need (8, 11.025, 12, 16,
 * 22.05, 24, 32, 44.1 and 48 kHz into 16 kHz are exact); others are rounded to it, which is below the noise of speech.
 */
const PHASES = 640;
/** Filters that are kept for the next stream of the same ratio. */
const MAX_KEPT_FILTERS = 8;

export interface Resampler {
  /**
   * The samples that these complete; the last ones wait for what follows. Of interleaved audio, every `stride`-th from
   * `offset` is taken. What is given may be reused.
   */
  push(samples: Int16Array, offset?: number, stride?: number): Int16Array;
  /** What waits, as if silence followed. It begins anew behind it. */
  flush(): Int16Array;
  /** Samples of the new rate that wait for what follows. */
  readonly pending: number;
  /** How fast the stream is played: 1.005 gives half a percent fewer samples. From the next push on. */
  speed: number;
}

interface Filter {
  /** Samples that are looked at on each side. */
  readonly half: number;
  /** The weights for a place that is `phase / PHASES` behind a sample. */
  row(phase: number): Float64Array;
}

const kept = new Map<number, Filter>();

/** The filter that lets through what `cutoff` of the band of the old rate carries; weights are made when first used. */
function filterFor(cutoff: number): Filter {
  const known = kept.get(cutoff);
  if (known) return known;
  const reach = LOBES / cutoff;
  const half = Math.ceil(reach);
  const rows: (Float64Array | undefined)[] = [];
  const filter: Filter = {
    half,
    row: (phase) => (rows[phase] ??= weights(phase / PHASES, cutoff, reach, half)),
  };
  if (kept.size < MAX_KEPT_FILTERS) kept.set(cutoff, filter);
  return filter;
}

function weights(fraction: number, cutoff: number, reach: number, half: number): Float64Array {
  const row = new Float64Array(2 * half);
  let sum = 0;
  for (let k = 0; k < row.length; k++) {
    const distance = k - half + 1 - fraction;
    if (Math.abs(distance) >= reach) continue;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
    sum += row[k] = sinc(cutoff * distance) * window;
  }
  // A constant stays what it is.
  return row.map((weight) => weight / sum);
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** A stream from one rate to another, both in Hz. Sample n of the result is heard at the time of sample n * from / to. */
export function createResampler(fromRate: number, toRate: number): Resampler {
  const { half, row } = filterFor(Math.min(1, toRate / fromRate));
  let speed = 1;
  /** The newest samples, with those before them that are still looked at. */
  let history = new Int16Array(half);
  /** Where the next sample of the result lies, in samples of `history`. */
  let place = half;

  function resampleAt(at: number, phase: number): number {
    const filter = row(phase);
    const first = at - half + 1;
    let sum = 0;
    for (let k = 0; k < filter.length; k++) sum += filter[k]! * history[first + k]!;
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }

  function take(samples: Int16Array, offset: number, stride: number): void {
    const first = Math.floor(place) - half + 1;
    const kept = history.subarray(Math.max(0, first));
    place -= history.length - kept.length;
    const count = Math.max(0, Math.ceil((samples.length - offset) / stride));
    const next = new Int16Array(kept.length + count);
    next.set(kept);
    if (stride === 1) next.set(samples.subarray(offset), kept.length);
    else for (let i = 0; i < count; i++) next[kept.length + i] = samples[offset + i * stride]!;
    history = next;
  }

  function push(samples: Int16Array, offset = 0, stride = 1): Int16Array {
    take(samples, offset, stride);
    const step = (fromRate / toRate) * speed;
    const result = new Int16Array(Math.max(0, Math.ceil((history.length - half - place) / step)) + 1);
    let count = 0;
    for (;;) {
      let at = Math.floor(place);
      let phase = Math.round((place - at) * PHASES);
      if (phase === PHASES) {
        phase = 0;
        at++;
      }
      if (at + half >= history.length) break;
      // On a sample of its own rate there is nothing to work out.
      result[count++] = phase === 0 && fromRate <= toRate ? history[at]! : resampleAt(at, phase);
      place += step;
    }
    return result.subarray(0, count);
  }

  return {
    push,
    flush() {
      const rest = push(new Int16Array(half));
      history = new Int16Array(half);
      place = half;
      return rest;
    },
    get pending() {
      return ((history.length - place) * toRate) / fromRate;
    },
    get speed() {
      return speed;
    },
    set speed(next) {
      speed = next;
    },
  };
}
