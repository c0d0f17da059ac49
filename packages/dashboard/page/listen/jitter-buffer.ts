/**
 * Buffers frames that arrive unevenly, to play them evenly. Playback starts when `prefill` samples are buffered, also
 * after the buffer ran empty. When the buffer is full, the oldest samples are dropped to keep the latency low. Runs on
 * the audio thread and allocates nothing after construction.
 */
interface JitterBufferOptions {
  readonly channels: number;
  /** The number of samples per channel to buffer before playback starts. */
  readonly prefill: number;
  /** The maximum number of samples per channel. */
  readonly capacity: number;
}

export class JitterBuffer {
  readonly #samples: Float32Array[];
  readonly #prefill: number;
  readonly #capacity: number;
  #read = 0;
  #buffered = 0;
  #isPlaying = false;
  /** How often the buffer ran empty. */
  underruns = 0;
  /** Dropped samples per channel. */
  dropped = 0;

  constructor({ channels, prefill, capacity }: JitterBufferOptions) {
    this.#samples = Array.from({ length: channels }, () => new Float32Array(capacity));
    this.#prefill = prefill;
    this.#capacity = capacity;
  }

  /** Buffered samples per channel. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Appends interleaved 16-bit samples. */
  write(frame: Int16Array): void {
    const channels = this.#samples.length;
    const length = Math.floor(frame.length / channels);
    this.#makeRoom(length);
    const start = Math.max(0, length - this.#capacity);
    for (let i = start; i < length; i++) {
      const at = (this.#read + this.#buffered) % this.#capacity;
      for (let channel = 0; channel < channels; channel++) {
        this.#samples[channel]![at] = frame[i * channels + channel]! / 32_768;
      }
      this.#buffered++;
    }
    if (this.#buffered >= this.#prefill) this.#isPlaying = true;
  }

  /** Fills one output per channel, padded with silence. Returns the number of samples from the buffer, per channel. */
  read(outputs: readonly Float32Array[]): number {
    const length = outputs[0]?.length ?? 0;
    const available = this.#isPlaying ? Math.min(length, this.#buffered) : 0;
    for (const [channel, output] of outputs.entries()) {
      const samples = this.#samples[channel]!;
      for (let i = 0; i < available; i++) output[i] = samples[(this.#read + i) % this.#capacity]!;
      output.fill(0, available);
    }
    this.#read = (this.#read + available) % this.#capacity;
    this.#buffered -= available;
    if (this.#isPlaying && available < length) {
      this.#isPlaying = false;
      this.underruns++;
    }
    return available;
  }

  /** Drops the oldest samples, down to `prefill`, so that one drop is audible instead of one per frame. */
  #makeRoom(length: number): void {
    if (this.#buffered + length <= this.#capacity) return;
    const surplus = Math.min(
      this.#buffered,
      Math.max(0, this.#buffered + length - Math.max(this.#prefill, length)),
    );
    this.#read = (this.#read + surplus) % this.#capacity;
    this.#buffered -= surplus;
    this.dropped += surplus;
  }
}
