/**
 * Changes the sample rate of a stream. The filter continues across pieces, so there are no artefacts between them. It is a
 * windowed sinc with 12 zero crossings on each side; a tone a third above the band of the new rate is attenuated by at least
 * 40 dB. The speed can be adjusted during the stream to compensate clock drift.
 */

/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const LOBES = 12;
/**
 * Resolution of positions between two samples. Conversions to 16 kHz from 8, 11.025, 12, 16, 22.05, 24, 32, 44.1 and 48 kHz
 * are exact; for other rates, positions are rounded, with an error below the noise of speech.
 */
const PHASES = 640;
/** Number of cached filters. */
const MAX_CACHED_FILTERS = 8;

/** The resampler of one stream. */
export interface Resampler {
  /**
   * Returns the output samples that can be computed with `samples`; the last ones are pending until more input arrives. For
   * interleaved audio, uses every `stride`-th sample from `offset`. `samples` may be reused by the caller.
   */
  push(samples: Int16Array, offset?: number, stride?: number): Int16Array;
  /** Returns the pending samples, as if silence followed. Does not change the resampler. */
  rest(): Int16Array;
  /** Returns the pending samples, as if silence followed, and resets the resampler. */
  flush(): Int16Array;
  /** Number of output samples that are pending. */
  readonly pending: number;
  /** The speed of playback, from the next push on: 1.005 returns half a percent fewer samples. Default: 1. */
  speed: number;
}

interface Filter {
  /** Number of input samples that are used on each side. */
  readonly half: number;
  /** Returns the weights for a position `phase / PHASES` after a sample. */
  row(phase: number): Float64Array;
}

const cache = new Map<number, Filter>();

/** Returns the filter that passes `cutoff` of the band of the input rate. Weights are computed on first use. */
function filterFor(cutoff: number): Filter {
  const cached = cache.get(cutoff);
  if (cached) return cached;
  const reach = LOBES / cutoff;
  const half = Math.ceil(reach);
  const rows: (Float64Array | undefined)[] = [];
  const filter: Filter = {
    half,
    row: (phase) => (rows[phase] ??= weights(phase / PHASES, cutoff, reach, half)),
  };
  if (cache.size < MAX_CACHED_FILTERS) cache.set(cutoff, filter);
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
  // Normalise, so that a constant signal is not changed.
  return row.map((weight) => weight / sum);
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Creates a resampler from one rate to another, in Hz. Output sample n is at the time of input sample n * from / to. */
export function createResampler(fromRate: number, toRate: number): Resampler {
  const { half, row } = filterFor(Math.min(1, toRate / fromRate));
  let speed = 1;
  /** The newest samples, and the earlier ones that the filter still needs. */
  let history = new Int16Array(half);
  /** Position of the next output sample in `history`. */
  let position = half;

  function resampleAt(at: number, phase: number): number {
    const filter = row(phase);
    const first = at - half + 1;
    let sum = 0;
    for (let k = 0; k < filter.length; k++) sum += filter[k]! * history[first + k]!;
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }

  function append(samples: Int16Array, offset: number, stride: number): void {
    const first = Math.floor(position) - half + 1;
    const kept = history.subarray(Math.max(0, first));
    position -= history.length - kept.length;
    const count = Math.max(0, Math.ceil((samples.length - offset) / stride));
    const next = new Int16Array(kept.length + count);
    next.set(kept);
    if (stride === 1) next.set(samples.subarray(offset), kept.length);
    else for (let i = 0; i < count; i++) next[kept.length + i] = samples[offset + i * stride]!;
    history = next;
  }

  function push(samples: Int16Array, offset = 0, stride = 1): Int16Array {
    append(samples, offset, stride);
    const step = (fromRate / toRate) * speed;
    const result = new Int16Array(Math.max(0, Math.ceil((history.length - half - position) / step)) + 1);
    let count = 0;
    for (;;) {
      let at = Math.floor(position);
      let phase = Math.round((position - at) * PHASES);
      if (phase === PHASES) {
        phase = 0;
        at++;
      }
      if (at + half >= history.length) break;
      // Exactly at an input sample: no interpolation is needed.
      result[count++] = phase === 0 && fromRate <= toRate ? history[at]! : resampleAt(at, phase);
      position += step;
    }
    return result.subarray(0, count);
  }

  function rest(): Int16Array {
    const before = [history, position] as const;
    const samples = push(new Int16Array(half));
    [history, position] = before;
    return samples;
  }

  return {
    push,
    rest,
    flush() {
      const samples = rest();
      history = new Int16Array(half);
      position = half;
      return samples;
    },
    get pending() {
      return ((history.length - position) * toRate) / fromRate;
    },
    get speed() {
      return speed;
    },
    set speed(next) {
      speed = next;
    },
  };
}
