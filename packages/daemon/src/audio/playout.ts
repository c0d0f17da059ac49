/**
 * A reader's pace over a call's time line: all sinks of a lane get the same frame, so long after its time. Audio that comes
 * later than that is not in it, so that whoever needs every word waits longer than whoever listens.
 */
import type { AudioSink } from './ports.ts';
import { AHEAD_SAMPLES, createTimeline, FRAME_SAMPLES, TIMELINE_RATE } from './timeline.ts';

const PER_MS = TIMELINE_RATE / 1000;

/** Most frames that are made up for at once when the loop was held up: those beyond are left out. */
export const MAX_CATCH_UP_FRAMES = 250;

export class Lane {
  readonly #timeline = createTimeline();
  readonly #delay: number;
  readonly #sinks = new Set<AudioSink>();
  /** Gives the frame that begins at a place to a sink that wants it. */
  readonly #give: (sink: AudioSink, frame: Int16Array, place: number) => void;

  constructor(delayMs: number, give: (sink: AudioSink, frame: Int16Array, place: number) => void) {
    this.#delay = delayMs * PER_MS;
    this.#give = give;
  }

  /** KeysetPosition of the next frame, in samples. */
  get taken(): number {
    return this.#timeline.taken;
  }

  get isWanted(): boolean {
    return this.#sinks.size > 0;
  }

  add(sink: AudioSink): void {
    this.#sinks.add(sink);
  }

  remove(sink: AudioSink): void {
    this.#sinks.delete(sink);
  }

  /** Puts audio at its place; `now` is the place of the newest arrival. */
  put(channel: number, samples: Int16Array, at: number, now: number): void {
    // After the loop was held up, what waited comes all at once: it is taken as it comes.
    const isFull = (): boolean => at + samples.length > this.taken + AHEAD_SAMPLES;
    while (isFull() && this.#due(now) > 0) this.#handOn();
    this.#timeline.put(channel, samples, at);
  }

  /** Hands on the frames that are due. Where nobody wants any, time passes all the same. */
  step(now: number): void {
    const due = this.#due(now);
    const left = this.isWanted ? Math.max(0, due - MAX_CATCH_UP_FRAMES) : due;
    if (left > 0) this.#timeline.skip(left);
    for (let frames = due - left; frames > 0; frames--) this.#handOn();
  }

  #due(now: number): number {
    return Math.floor((now - this.#delay - this.taken) / FRAME_SAMPLES);
  }

  #handOn(): void {
    const place = this.taken;
    const frame = this.#timeline.take();
    for (const sink of this.#sinks) this.#give(sink, frame, place);
  }
}
