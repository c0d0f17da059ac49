/**
 * Frames come unevenly and are played evenly: this holds what has come and is not yet played. It begins to play once a
 * little is there, and begins anew after it ran dry; what is more than it may hold is left out, so that one hears the call
 * as it is now. Made for the audio thread: it allocates nothing while it runs.
 */
export interface JitterBufferOptions {
  readonly channels: number;
  /** How much is there before it plays, samples of each channel. */
  readonly prefill: number;
  /** How much it holds at most. */
  readonly capacity: number;
}

export class JitterBuffer {
  readonly #samples: Float32Array[];
  readonly #prefill: number;
  readonly #capacity: number;
  #read = 0;
  #held = 0;
  #isPlaying = false;
  /** How often it ran dry. */
  underruns = 0;
  /** Samples of each channel that were left out. */
  dropped = 0;

  constructor({ channels, prefill, capacity }: JitterBufferOptions) {
    this.#samples = Array.from({ length: channels }, () => new Float32Array(capacity));
    this.#prefill = prefill;
    this.#capacity = capacity;
  }

  /** Samples of each channel that wait. */
  get held(): number {
    return this.#held;
  }

  /** Takes interleaved 16-bit samples. */
  write(frame: Int16Array): void {
    const channels = this.#samples.length;
    const length = Math.floor(frame.length / channels);
    this.#makeRoom(length);
    const from = Math.max(0, length - this.#capacity);
    for (let i = from; i < length; i++) {
      const at = (this.#read + this.#held) % this.#capacity;
      for (let channel = 0; channel < channels; channel++) {
        this.#samples[channel]![at] = frame[i * channels + channel]! / 32_768;
      }
      this.#held++;
    }
    if (this.#held >= this.#prefill) this.#isPlaying = true;
  }

  /** Fills one output a channel, with silence where there is nothing. Gives how many samples are of the call. */
  read(outputs: readonly Float32Array[]): number {
    const length = outputs[0]?.length ?? 0;
    const given = this.#isPlaying ? Math.min(length, this.#held) : 0;
    for (const [channel, output] of outputs.entries()) {
      const samples = this.#samples[channel]!;
      for (let i = 0; i < given; i++) output[i] = samples[(this.#read + i) % this.#capacity]!;
      output.fill(0, given);
    }
    this.#read = (this.#read + given) % this.#capacity;
    this.#held -= given;
    if (this.#isPlaying && given < length) {
      this.#isPlaying = false;
      this.underruns++;
    }
    return given;
  }

  /** The oldest goes, down to what is enough to play on: once, instead of a little with each frame. */
  #makeRoom(length: number): void {
    if (this.#held + length <= this.#capacity) return;
    const surplus = Math.min(this.#held, Math.max(0, this.#held + length - Math.max(this.#prefill, length)));
    this.#read = (this.#read + surplus) % this.#capacity;
    this.#held -= surplus;
    this.dropped += surplus;
  }
}
