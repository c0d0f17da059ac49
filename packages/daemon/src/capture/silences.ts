/**
 * Makes the audio of pauses silent, by its time on the timeline of its call: audio of a pause that arrives after the pause is
 * silent too, and audio from before it that arrives late is kept. The timeline runs on the monotonic clock, so pauses are kept by
 * that clock here.
 */
import {
  CAPTURE_MARGIN_MS,
  type CallId,
  type CapturePart,
  type CapturePause,
  type Clock,
} from '@sidetone/core';
import type { CallAnchors } from '../audio/call-anchors.ts';
import { CHANNELS, SAMPLES_PER_MS } from '../audio/frames.ts';
import type { AudioSilences } from '../audio/ports.ts';

/** How long a silence is kept after its end, ms: longer than audio and waveforms wait for what arrives late. */
export const SILENCE_KEPT_MS = 120_000;

/** A silent part of a timeline, epoch ms. */
interface Silence {
  readonly parts: readonly CapturePart[];
  readonly from: number;
  readonly to: number;
}

export interface SilencesDeps {
  readonly anchors: CallAnchors;
  readonly clock: Pick<Clock, 'elapsed'>;
}

export class Silences implements AudioSilences {
  readonly #deps: SilencesDeps;
  /** Only calls with pauses: the others cost one look-up. */
  readonly #calls = new Map<CallId, readonly Silence[]>();

  constructor(deps: SilencesDeps) {
    this.#deps = deps;
  }

  /** Number of calls with pauses whose audio may still arrive. */
  get size(): number {
    return this.#calls.size;
  }

  /** Continues after a restart of the daemon with the pauses of a call as stored. */
  restore(callId: CallId, pauses: readonly CapturePause[]): void {
    const silences = pauses.map(({ parts, from, to = Infinity }) => ({
      parts,
      from,
      to: to + CAPTURE_MARGIN_MS,
    }));
    this.#calls.set(callId, silences);
  }

  /** Silences some parts of a call from now on, and not the others. */
  set(callId: CallId, parts: readonly CapturePart[]): void {
    const now = this.#deps.anchors.offsetOf(callId) + this.#deps.clock.elapsed();
    const kept = (this.#calls.get(callId) ?? []).filter(({ to }) => to > now - SILENCE_KEPT_MS);
    const silences = kept.map((silence) =>
      silence.to === Infinity ? { ...silence, to: now + CAPTURE_MARGIN_MS } : silence,
    );
    this.#calls.set(
      callId,
      parts.length === 0 ? silences : [...silences, { parts, from: now, to: Infinity }],
    );
  }

  forget(callId: CallId): void {
    this.#calls.delete(callId);
  }

  isSilent(callId: CallId, part: CapturePart, at: number): boolean {
    const silences = this.#calls.get(callId);
    return silences?.some(({ parts, from, to }) => parts.includes(part) && at >= from && at < to) ?? false;
  }

  applied(callId: CallId, part: CapturePart, samples: Int16Array, at: number): Int16Array {
    const silences = this.#calls.get(callId);
    if (!silences) return samples;
    const end = at + samples.length / CHANNELS / SAMPLES_PER_MS;
    const here = silences.filter(({ parts, from, to }) => parts.includes(part) && from < end && to > at);
    if (here.length === 0) return samples;
    // Others may have received the same array.
    const silenced = samples.slice();
    for (const { from, to } of here) silenced.fill(0, indexOf(from - at), Math.max(0, indexOf(to - at)));
    return silenced;
  }
}

/** Returns the index of the first sample of an instant in interleaved audio. */
const indexOf = (ms: number): number => Math.max(0, Math.floor(ms * SAMPLES_PER_MS)) * CHANNELS;
