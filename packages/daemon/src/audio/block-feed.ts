/**
 * Passes a call's timeline to a recording in blocks of one second: each once it is over, and again if late audio has changed it.
 * The first block begins with the first audio, the last one ends with the last.
 */
import type { AudioWindow } from './audio-window.ts';
import { SAMPLE_RATE, SAMPLES_PER_MS } from './frames.ts';
import type { AudioBlockSink } from './ports.ts';

/** Samples of one channel in a block. */
const BLOCK_SAMPLES = SAMPLE_RATE;

export class BlockFeed {
  readonly #window: AudioWindow;
  readonly #sink: AudioBlockSink;
  readonly #timeOf: (position: number) => number;
  /** Numbers of the blocks that have changed since they were passed. */
  readonly #changed = new Set<number>();
  /** Timeline positions of the first sample and after the last; undefined before any audio. */
  #start: number | undefined;
  /** Whether the sink knows the start. */
  #isStarted = false;
  #end = 0;
  /** Where the oldest change is that was not passed. */
  #oldest = Infinity;
  /** Number of the block that the audio ends in. */
  #current = 0;

  /** @param timeOf returns the time of a timeline position, epoch ms. */
  constructor(window: AudioWindow, sink: AudioBlockSink, timeOf: (position: number) => number) {
    this.#window = window;
    this.#sink = sink;
    this.#timeOf = timeOf;
  }

  /** Records that audio was put. Returns the number of samples before the first block, which are not passed. */
  put(from: number, to: number): number {
    if (!this.#isStarted) this.#startAt(Math.min(this.#start ?? from, from));
    const first = Math.max(from, this.#start!);
    if (to > first) this.#change(first, to);
    return Math.min(to, first) - from;
  }

  /**
   * Extends the audio with silence up to a position, and passes the blocks that are over. While it is not settled where other
   * audio belongs, that may begin before the first block.
   */
  advance(to: number, isSettled: boolean): void {
    if (this.#start === undefined) return;
    if (to > this.#end) this.#change(Math.max(this.#end, this.#window.start), to);
    if (!this.#isStarted && !isSettled) return;
    this.#begin();
    const current = this.#blockOf(this.#end);
    if (current === this.#current) return;
    this.#current = current;
    this.flush(this.#end);
  }

  /** Passes the changed blocks if one of them leaves a window that starts at a position. */
  makeRoom(start: number): void {
    if (start > this.#oldest) this.flush();
  }

  /** Passes the changed blocks that end before or at a position; all without one. */
  flush(until = Infinity): void {
    if (this.#start === undefined) return;
    this.#begin();
    this.#oldest = Infinity;
    for (const block of [...this.#changed].toSorted((a, b) => a - b)) {
      const first = this.#start + block * BLOCK_SAMPLES;
      const to = first + BLOCK_SAMPLES;
      if (to > until) {
        this.#oldest = Math.min(this.#oldest, first);
        continue;
      }
      this.#changed.delete(block);
      // What has left the window was passed before, and must not be replaced by silence.
      const from = Math.max(first, Math.ceil(this.#window.start / SAMPLES_PER_MS) * SAMPLES_PER_MS);
      this.#sink.block(this.#window.read(from, Math.min(to, this.#end)), this.#timeOf(from));
    }
  }

  #startAt(from: number): void {
    const end = this.#start === undefined ? from : this.#end;
    this.#start = Math.floor(from / SAMPLES_PER_MS) * SAMPLES_PER_MS;
    this.#end = Math.max(this.#start, end);
  }

  #begin(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#sink.start(this.#timeOf(this.#start!));
    this.#change(this.#start!, this.#end);
  }

  #blockOf(position: number): number {
    return Math.floor((position - this.#start!) / BLOCK_SAMPLES);
  }

  #change(from: number, to: number): void {
    this.#end = Math.max(this.#end, to);
    this.#oldest = Math.min(this.#oldest, from);
    if (!this.#isStarted) return;
    const last = this.#blockOf(to - 1);
    for (let block = this.#blockOf(from); block <= last; block++) this.#changed.add(block);
  }
}
