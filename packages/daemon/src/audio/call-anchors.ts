/**
 * Converts the monotonic time of a call's audio to the wall clock. The difference is taken once for each call, with its first
 * audio, so a change of the wall clock neither stretches nor interrupts the call's timeline.
 */
import type { CallId, Clock } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';

/** Number of calls whose difference is remembered. For a call beyond it, the difference is taken again. */
export const MAX_ANCHORED_CALLS = 20_000;

export class CallAnchors {
  readonly #clock: Clock;
  readonly #offsets = new BoundedMap<CallId, number>(MAX_ANCHORED_CALLS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns what must be added to the elapsed time to get epoch ms on the timeline of a call. */
  offsetOf(callId: CallId): number {
    const known = this.#offsets.get(callId);
    if (known !== undefined) return known;
    const offset = this.#clock.now() - this.#clock.elapsed();
    this.#offsets.set(callId, offset);
    return offset;
  }
}
