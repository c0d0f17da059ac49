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
  #end = 0;
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
    this.#start ??= this.#begin(from);
    const first = Math.max(from, this.#start);
    if (to > first) this.#change(first, to);
    return Math.min(to, first) - from;
  }

  /** Extends the audio with silence up to a position, and passes the blocks that are over. */
  advance(to: number): void {
    if (this.#start === undefined) return;
    if (to > this.#end) this.#change(Math.max(this.#end, this.#window.start), to);
    const current = this.#blockOf(this.#end);
    if (current === this.#current) return;
    this.#current = current;
    this.flush(this.#end);
  }

  /** Passes the changed blocks that end before or at a position; all without one. */
  flush(until = Infinity): void {
    for (const block of [...this.#changed].toSorted((a, b) => a - b)) {
      const from = this.#start! + block * BLOCK_SAMPLES;
      const to = from + BLOCK_SAMPLES;
      if (to > until) continue;
      this.#changed.delete(block);
      this.#sink.block(this.#window.read(from, Math.min(to, this.#end)), this.#timeOf(from));
    }
  }

  /** Returns the position of the first block. */
  #begin(from: number): number {
    const start = Math.floor(from / SAMPLES_PER_MS) * SAMPLES_PER_MS;
    this.#end = start;
    this.#sink.start(this.#timeOf(start));
    return start;
  }

  #blockOf(position: number): number {
    return Math.floor((position - this.#start!) / BLOCK_SAMPLES);
  }

  #change(from: number, to: number): void {
    this.#end = Math.max(this.#end, to);
    const last = this.#blockOf(to - 1);
    for (let block = this.#blockOf(from); block <= last; block++) this.#changed.add(block);
  }
}
