/**
 * Measures the level of one party's audio. Samples are summed in blocks of 20 ms, and a reading covers as many of the last
 * blocks as the caller requests, so callers with different intervals share one meter.
 */

/** Full scale of a 16-bit sample. A sine of this amplitude has 0 dBFS peak and -3.01 dBFS RMS. */
const FULL_SCALE = 32_768;
/** The level of silence, in dBFS. */
export const SILENCE_DB = -90;
/** Length of a block, in ms. */
const BLOCK_MS = 20;
/** Number of blocks that are kept: 1 s. */
const BLOCKS = 50;
/** Speech starts with a block of at least the first level, and ends after blocks below the second for the hold time. dBFS RMS. */
const SPEECH_ON_DB = -42;
const SPEECH_OFF_DB = -48;
const SPEECH_HOLD_MS = 300;
/** Delay of audio, or size of a burst, in ms, that does not lower the level. */
const JITTER_MS = 100;

/** The peak of no blocks. */
const NO_PEAK = -1;

/** A level in dBFS: 0 is full scale, -90 is silence. */
export interface Level {
  readonly rmsDb: number;
  readonly peakDb: number;
  readonly speaking: boolean;
}

/** The level of silence. */
export const SILENCE: Level = { rmsDb: SILENCE_DB, peakDb: SILENCE_DB, speaking: false };

function toDb(ratio: number): number {
  return ratio <= 0 ? SILENCE_DB : Math.max(SILENCE_DB, 20 * Math.log10(ratio));
}

/** The level meter of one party's audio. */
export class LevelMeter {
  /** Hz. */
  readonly sampleRate: number;
  readonly #blockSamples: number;
  readonly #energies = new Float64Array(BLOCKS);
  readonly #peaks = new Uint16Array(BLOCKS);
  readonly #times = new Float64Array(BLOCKS).fill(Number.NEGATIVE_INFINITY);
  #next = 0;
  #energy = 0;
  #peak = 0;
  #filled = 0;
  #pendingPeak = NO_PEAK;
  #speaking = false;
  #loudAt = Number.NEGATIVE_INFINITY;

  /** @param sampleRate Hz, of the samples that are passed to {@link push}. */
  constructor(sampleRate: number) {
    this.sampleRate = sampleRate;
    this.#blockSamples = Math.max(1, Math.round((sampleRate * BLOCK_MS) / 1000));
  }

  /** Adds samples that arrived at `now`, the elapsed time in ms. For interleaved audio, uses every `stride`-th sample from `offset`. */
  push(samples: Int16Array, now: number, offset = 0, stride = 1): void {
    for (let at = offset; at < samples.length;) {
      const missing = this.#blockSamples - this.#filled;
      const end = Math.min(samples.length, at + missing * stride);
      this.#filled += Math.ceil((end - at) / stride);
      at = this.#add(samples, at, end, stride);
      if (this.#filled === this.#blockSamples) this.#closeBlock(now);
    }
  }

  /** Adds samples of one block. Sums in local variables: this runs for every sample. Returns the index after the last one. */
  #add(samples: Int16Array, from: number, end: number, stride: number): number {
    let energy = this.#energy;
    let peak = this.#peak;
    let at = from;
    for (; at < end; at += stride) {
      const sample = samples[at]!;
      const size = sample < 0 ? -sample : sample;
      energy += sample * sample;
      if (size > peak) peak = size;
    }
    this.#energy = energy;
    this.#peak = peak;
    return at;
  }

  /**
   * Returns the level of the last `windowMs` of audio (20 to 1000 ms) at `now`, the elapsed time in ms. Audio that is older than the
   * window plus network jitter is ignored, so the level of a track that has stopped falls to silence.
   */
  read(now: number, windowMs: number): Level {
    const count = Math.min(BLOCKS, Math.max(1, Math.round(windowMs / BLOCK_MS)));
    const oldest = now - windowMs - JITTER_MS;
    let energy = 0;
    let peak = 0;
    let found = 0;
    for (let age = 1; age <= count; age++) {
      const block = (this.#next - age + BLOCKS) % BLOCKS;
      if (this.#times[block]! < oldest) break;
      energy += this.#energies[block]!;
      if (this.#peaks[block]! > peak) peak = this.#peaks[block]!;
      found++;
    }
    if (found === 0) return SILENCE;
    return {
      rmsDb: toDb(Math.sqrt(energy / (this.#blockSamples * found)) / FULL_SCALE),
      peakDb: toDb(peak / FULL_SCALE),
      speaking: this.#speaking && now - this.#loudAt < SPEECH_HOLD_MS + JITTER_MS,
    };
  }

  /**
   * Returns the peak of the blocks that were completed since the previous call, in dBFS; undefined if there were none.
   * For a single caller.
   */
  takePeakDb(): number | undefined {
    if (this.#pendingPeak < 0) return undefined;
    const peakDb = toDb(this.#pendingPeak / FULL_SCALE);
    this.#pendingPeak = NO_PEAK;
    return peakDb;
  }

  #closeBlock(now: number): void {
    const rmsDb = toDb(Math.sqrt(this.#energy / this.#blockSamples) / FULL_SCALE);
    if (rmsDb >= (this.#speaking ? SPEECH_OFF_DB : SPEECH_ON_DB)) {
      this.#speaking = true;
      this.#loudAt = now;
    } else if (now - this.#loudAt >= SPEECH_HOLD_MS) {
      this.#speaking = false;
    }
    this.#energies[this.#next] = this.#energy;
    this.#peaks[this.#next] = this.#peak;
    this.#times[this.#next] = now;
    if (this.#peak > this.#pendingPeak) this.#pendingPeak = this.#peak;
    this.#next = (this.#next + 1) % BLOCKS;
    this.#energy = 0;
    this.#peak = 0;
    this.#filled = 0;
  }
}
