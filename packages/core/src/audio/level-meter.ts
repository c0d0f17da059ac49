/**
 * Loudness of one party's audio. Samples are summed into blocks of 20 ms; a reading looks back over as many blocks as
 * its reader asks for, so readers with different intervals share one meter and none sees the others.
 */

/** Full scale of a 16-bit sample: a sine of this amplitude reads 0 dBFS peak and -3.01 dBFS rms. */
const FULL_SCALE = 32_768;
/** What silence reads, dBFS. */
export const SILENCE_DB = -90;
/** Length of a block, ms. */
const BLOCK_MS = 20;
/** How far back a reading can look: 1 s. */
const BLOCKS = 50;
/** Speech begins at a block above this, and ends when blocks stayed below the lower one for the hold time. dBFS rms. */
const SPEECH_ON_DB = -42;
const SPEECH_OFF_DB = -48;
const SPEECH_HOLD_MS = 300;
/** How late audio may come, and in how large bursts, without its level dropping, ms. */
const JITTER_MS = 100;

/** In place of a largest sample where there was none. */
const NOTHING = -1;

/** One reading. dBFS: 0 is full scale, -90 is silence. */
export interface Level {
  readonly rmsDb: number;
  readonly peakDb: number;
  readonly speaking: boolean;
}

export const SILENCE: Level = { rmsDb: SILENCE_DB, peakDb: SILENCE_DB, speaking: false };

function toDb(ratio: number): number {
  return ratio <= 0 ? SILENCE_DB : Math.max(SILENCE_DB, 20 * Math.log10(ratio));
}

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
  #untakenPeak = NOTHING;
  #speaking = false;
  #loudAt = Number.NEGATIVE_INFINITY;

  /** @param sampleRate Hz, of the samples given to {@link push}. */
  constructor(sampleRate: number) {
    this.sampleRate = sampleRate;
    this.#blockSamples = Math.max(1, Math.round((sampleRate * BLOCK_MS) / 1000));
  }

  /**
   * Takes samples that arrived at `now` (epoch ms). Of interleaved audio, every `stride`-th from `offset` is taken.
   */
  push(samples: Int16Array, now: number, offset = 0, stride = 1): void {
    for (let i = offset; i < samples.length; i += stride) {
      const sample = samples[i]!;
      const size = sample < 0 ? -sample : sample;
      this.#energy += sample * sample;
      if (size > this.#peak) this.#peak = size;
      if (++this.#filled === this.#blockSamples) this.#closeBlock(now);
    }
  }

  /**
   * The level of the last `windowMs` of audio (at most 1000), as it stands at `now`. Audio that is older than the window
   * and the jitter of a network does not count, so a track that stopped sending falls to silence.
   */
  read(now: number, windowMs: number): Level {
    const wanted = Math.min(BLOCKS, Math.max(1, Math.round(windowMs / BLOCK_MS)));
    const oldest = now - windowMs - JITTER_MS;
    let energy = 0;
    let peak = 0;
    let found = 0;
    for (let age = 1; age <= wanted; age++) {
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
   * The largest sample of the blocks that were completed since the last time this was asked, dBFS; nothing when there
   * were none. For one reader that keeps them.
   */
  takePeakDb(): number | undefined {
    if (this.#untakenPeak < 0) return undefined;
    const peakDb = toDb(this.#untakenPeak / FULL_SCALE);
    this.#untakenPeak = NOTHING;
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
    if (this.#peak > this.#untakenPeak) this.#untakenPeak = this.#peak;
    this.#next = (this.#next + 1) % BLOCKS;
    this.#energy = 0;
    this.#peak = 0;
    this.#filled = 0;
  }
}
