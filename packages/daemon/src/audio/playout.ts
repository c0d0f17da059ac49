/**
 * Plays a call's timeline out to sinks in frames, a fixed delay behind real time. All sinks of a playout receive the same
 * frame. Audio that arrives after the delay is lost to them.
 */
import { FRAME_SAMPLES, SAMPLES_PER_MS } from './frames.ts';
import type { AudioSink } from './ports.ts';
import { AHEAD_SAMPLES, createTimeline } from './timeline.ts';

/** Most frames made up for at once after the event loop was blocked; older ones are skipped. */
export const MAX_CATCH_UP_FRAMES = 250;

/** Passes the frame that starts at a timeline position to a sink. */
type Emit = (sink: AudioSink, frame: Int16Array, position: number) => void;

export class Playout {
  readonly #timeline = createTimeline();
  readonly #delay: number;
  readonly #sinks = new Set<AudioSink>();
  readonly #emit: Emit;

  constructor(delayMs: number, emit: Emit) {
    this.#delay = delayMs * SAMPLES_PER_MS;
    this.#emit = emit;
  }

  /** Timeline position of the next frame, in samples. */
  get taken(): number {
    return this.#timeline.taken;
  }

  get hasSinks(): boolean {
    return this.#sinks.size > 0;
  }

  add(sink: AudioSink): void {
    this.#sinks.add(sink);
  }

  remove(sink: AudioSink): void {
    this.#sinks.delete(sink);
  }

  /** Puts audio at a timeline position; `now` is the position of the newest arrival. Returns the number of dropped samples. */
  put(channel: number, samples: Int16Array, at: number, now: number): number {
    // After a blocked event loop, queued audio arrives all at once and would overflow the timeline: frames are played out early.
    const isFull = (): boolean => at + samples.length > this.taken + AHEAD_SAMPLES;
    while (isFull() && this.#dueFrames(now) > 0) this.#emitFrame();
    return this.#timeline.put(channel, samples, at);
  }

  /** Emits all frames that are due. Without sinks, they are skipped. */
  step(now: number): void {
    const due = this.#dueFrames(now);
    const skipped = this.hasSinks ? Math.max(0, due - MAX_CATCH_UP_FRAMES) : due;
    if (skipped > 0) this.#timeline.skip(skipped);
    for (let frames = due - skipped; frames > 0; frames--) this.#emitFrame();
  }

  #dueFrames(now: number): number {
    return Math.floor((now - this.#delay - this.taken) / FRAME_SAMPLES);
  }

  #emitFrame(): void {
    const position = this.taken;
    const frame = this.#timeline.take();
    for (const sink of this.#sinks) this.#emit(sink, frame, position);
  }
}
