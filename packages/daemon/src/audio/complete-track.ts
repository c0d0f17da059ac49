/**
 * One party's audio of one stream for recordings and transcribers: resamples it and puts it at its position on the timeline,
 * however late it is. No audio is left out or played faster to make up for a delay. Pure: the current time is given as a
 * timeline position.
 */
import { createResampler } from '@sidetone/core';
import { SAMPLE_RATE, SAMPLES_PER_MS } from './frames.ts';
import { createPlacement, type SharedBase } from './placement.ts';
import type { TrackFrame } from './track.ts';

/** How long frames are collected to determine where they belong, ms. */
export const SETTLE_MS = 200;
/** Most audio that is collected, ms. */
const MAX_HELD_MS = 10_000;
/**
 * A frame is joined to the previous one if their gap is at most this share of its length, or this many ms if that is more.
 * Overlapping frames are joined too: the times of a sender are inexact, and no audio is left out.
 */
const JOIN_SHARE = 0.8;
const MIN_JOIN_MS = 10;
/** How long after the last frame the samples that the resampler holds are put, ms: before transcribers pass their position. */
const REST_AFTER_MS = 200;
/** Larger differences between the position of a frame and the end of the previous one leave a gap, ms. */
const MAX_ERROR_MS = 80;
/** The speed is adjusted from the first difference on until the second, ms: only the drift of a clock is as small. */
const TRIM_FROM_MS = 15;
const TRIM_TO_MS = 1;
const TRIM = 0.005;

/**
 * Receives audio at 16 kHz with its timeline position.
 * @param isRest whether the audio may continue without a gap: then its first samples replace these.
 */
export type PutAudio = (samples: Int16Array, at: number, isRest: boolean) => void;

interface HeldFrame {
  readonly samples: Int16Array;
  /** Stream position. */
  readonly at: number;
  readonly length: number;
}

interface Settling {
  readonly frames: HeldFrame[];
  readonly since: number;
  readonly isReported: boolean;
  least: number;
  heldMs: number;
}

export interface CompleteTrack {
  /** Whether frames are collected: where they belong is not known yet. */
  readonly isSettling: boolean;
  /** Adds a frame that arrived at `now`. */
  write(frame: TrackFrame, now: number): void;
  /** Reports that `durationMs` of audio are missing. */
  gap(durationMs: number): void;
  /** Puts frames that were collected for long enough. */
  step(now: number): void;
  /** Puts the remaining audio. */
  end(): void;
}

/** Returns one channel as an array of its own. */
function copyOf({ samples, offset, stride }: TrackFrame): Int16Array {
  if (stride === 1) return samples.slice(offset);
  const copy = new Int16Array(Math.ceil((samples.length - offset) / stride));
  for (let i = 0; i < copy.length; i++) copy[i] = samples[offset + i * stride]!;
  return copy;
}

export function createCompleteTrack(sampleRate: number, shared: SharedBase, put: PutAudio): CompleteTrack {
  const resampler = createResampler(sampleRate, SAMPLE_RATE);
  const placement = createPlacement(shared);
  let settling: Settling | undefined;
  /** Expected stream position of the next frame that arrives, and of the next one that is placed. */
  let counted = 0;
  let position = 0;
  /** Stream position of the last placed frame. */
  let lastAt = -Infinity;
  /** Timeline position of the next resampled sample; undefined after a break. */
  let next: number | undefined;
  /** When the last frame arrived, and whether the samples that the resampler holds were put since. */
  let arrivedAt = 0;
  let isRestPut = false;
  /** Where the placed audio ends. */
  let end = -Infinity;

  function send(samples: Int16Array): void {
    if (samples.length === 0) return;
    put(samples, next!, false);
    next! += samples.length;
    end = Math.max(end, next!);
  }

  function flush(): void {
    const rest = resampler.flush();
    if (next !== undefined && !isRestPut) send(rest);
    resampler.speed = 1;
    next = undefined;
  }

  function trim(error: number): void {
    if (Math.abs(error) > TRIM_FROM_MS * SAMPLES_PER_MS) resampler.speed = error > 0 ? 1 - TRIM : 1 + TRIM;
    else if (Math.abs(error) < TRIM_TO_MS * SAMPLES_PER_MS) resampler.speed = 1;
  }

  function place(samples: Int16Array, offset: number, stride: number, at: number, length: number): void {
    const target = placement.base! + at;
    const tolerance = Math.max(MIN_JOIN_MS * SAMPLES_PER_MS, JOIN_SHARE * length);
    const error = next === undefined ? 0 : target - next - resampler.pending;
    const hasGap = at - position > tolerance && error > tolerance;
    const isBroken = hasGap || at <= lastAt || Math.abs(error) > MAX_ERROR_MS * SAMPLES_PER_MS;
    position = at + length;
    lastAt = at;
    if (isBroken) flush();
    else trim(error);
    isRestPut = false;
    next ??= Math.round(target);
    send(resampler.push(samples, offset, stride));
  }

  function settle(): void {
    if (!settling) return;
    const { frames, least, isReported } = settling;
    settling = undefined;
    placement.settle(least, frames[0]!.at, end, isReported);
    for (const { samples, at, length } of frames) place(samples, 0, 1, at, length);
  }

  function hold(frame: HeldFrame, offset: number, now: number): void {
    settling!.frames.push(frame);
    settling!.least = Math.min(settling!.least, offset);
    settling!.heldMs += frame.length / SAMPLES_PER_MS;
    if (settling!.heldMs >= MAX_HELD_MS) settle();
    else step(now);
  }

  function putRest(): void {
    isRestPut = true;
    const rest = resampler.rest();
    if (rest.length > 0) put(rest, next!, true);
  }

  function step(now: number): void {
    if (settling && now - settling.since >= SETTLE_MS * SAMPLES_PER_MS) settle();
    if (next !== undefined && !isRestPut && now - arrivedAt >= REST_AFTER_MS * SAMPLES_PER_MS) putRest();
  }

  return {
    get isSettling() {
      return settling !== undefined;
    },
    write(frame, now) {
      const { samples, offset, stride, positionMs } = frame;
      const length = (Math.ceil((samples.length - offset) / stride) * SAMPLE_RATE) / sampleRate;
      const isReported = positionMs !== undefined;
      const at = isReported ? positionMs * SAMPLES_PER_MS : counted;
      const ideal = now - length - at;
      arrivedAt = now;
      counted = at + length;
      if (!settling && placement.mustSettle(ideal, isReported))
        settling = { frames: [], since: now, isReported, least: Infinity, heldMs: 0 };
      if (settling) return hold({ samples: copyOf(frame), at, length }, ideal, now);
      placement.observe(ideal, now);
      place(samples, offset, stride, at, length);
    },
    gap(durationMs) {
      counted += durationMs * SAMPLES_PER_MS;
    },
    step,
    end() {
      settle();
      flush();
    },
  };
}
