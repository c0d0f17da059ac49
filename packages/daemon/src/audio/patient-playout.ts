/**
 * Plays a call's timeline out to transcribers in frames and in order: a fixed delay behind real time, and later where audio is
 * awaited. The frames that waited follow at once.
 */
import type { AudioWindow } from './audio-window.ts';
import { FRAME_SAMPLES, SAMPLES_PER_MS } from './frames.ts';
import type { AudioSink } from './ports.ts';

/** Delay of a frame if no audio is awaited, ms. */
export const PATIENT_DELAY_MS = 320;

export class PatientPlayout {
  readonly sinks = new Set<AudioSink>();
  readonly #window: AudioWindow;
  readonly #timeOf: (position: number) => number;
  /** Position of the next frame; undefined before any audio. */
  #taken: number | undefined;
  /** Whether frames were emitted or skipped. Until then, audio of another party may begin earlier. */
  #isRunning = false;

  /** @param timeOf returns the time of a timeline position, epoch ms. */
  constructor(window: AudioWindow, timeOf: (position: number) => number) {
    this.#window = window;
    this.#timeOf = timeOf;
  }

  /** Records that audio was put. Returns the number of its samples that are too late. */
  put(from: number, to: number): number {
    this.#taken = this.#isRunning ? this.#taken! : Math.min(this.#taken ?? from, from);
    return this.sinks.size === 0 ? 0 : Math.max(0, Math.min(to, this.#taken) - from);
  }

  /** Emits the frames that are due at `now` and end before `awaitedFrom`, the position from which audio is awaited. */
  step(now: number, awaitedFrom: number): void {
    this.emitUntil(Math.min(now - PATIENT_DELAY_MS * SAMPLES_PER_MS, awaitedFrom));
  }

  /** Emits the frames that end before a position. */
  emitUntil(position: number): void {
    if (this.#taken === undefined || this.#taken + FRAME_SAMPLES > position) return;
    this.#isRunning = true;
    // Without sinks, and after the machine slept, frames are skipped.
    const kept = this.sinks.size === 0 ? position - FRAME_SAMPLES : this.#window.start;
    this.#taken += Math.max(0, Math.ceil((kept - this.#taken) / FRAME_SAMPLES)) * FRAME_SAMPLES;
    while (this.#taken + FRAME_SAMPLES <= position) {
      const from = this.#taken;
      // Before the sinks are called: one may leave.
      this.#taken += FRAME_SAMPLES;
      const frame = this.#window.read(from, this.#taken);
      for (const sink of this.sinks) sink.frame(frame, this.#timeOf(from));
    }
  }
}
