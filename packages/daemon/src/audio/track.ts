/**
 * One party's audio of one stream: resamples it and puts it at its position on the timeline. Pure: the current time is given
 * as a timeline position.
 *
 * The position of a frame is its reported position on the stream's own timeline, or else directly after the previous frame. A
 * stream clock maps stream positions to timeline positions by the frames that arrived soonest: the smallest delay of each
 * second. When the two clocks drift apart, the stream clock follows, and the audio is played 0.5 % slower or faster until it is
 * in position again, so that neither delay nor clicks accumulate. Larger differences are corrected at once.
 */
import { createResampler } from '@sidetone/core';
import { SAMPLE_RATE, SAMPLES_PER_MS } from './frames.ts';

/** Delay of a frame behind real time, ms. Audio that arrives later is lost. */
export const PLAYOUT_DELAY_MS = 120;
/** Part of the delay that is reserved for the jitter of long frames, ms. */
const MARGIN_MS = 40;
/** Window for the smallest delay, ms, and the fewest frames in it. */
const WINDOW_MS = 1000;
const WINDOW_FRAMES = 10;
/** Largest difference of the clocks that is ignored, ms. */
const CLOCK_SLACK_MS = 10;
/** A frame is joined to the previous one if their gap is at most this share of its length, or this many ms if that is more. */
const JOIN_SHARE = 0.8;
const MIN_JOIN_MS = 10;
/** How early audio may be to be slowed down, ms. Earlier audio is moved and leaves a gap. */
const MAX_JOIN_MS = 80;
/**
 * How late audio may be, ms. Up to this, quiet frames are dropped until the audio is in position. Later audio is moved and
 * overwrites earlier audio. The first frames of a stream are often delayed: playing them a little later until the speaker
 * pauses loses no word.
 */
const MAX_LAG_MS = 400;
/** Largest sample of a quiet frame: -40 dBFS. */
const QUIET = 328;
/** The speed is adjusted from the first difference on until the second, ms. */
const TRIM_FROM_MS = 5;
const TRIM_TO_MS = 1;
/** Adjustment of the speed: 5 ms a second, twenty times the drift of a bad clock. */
const TRIM = 0.005;
/** A clock that is this far ahead has jumped, ms, and is reset at once. */
const JUMP_MS = 700;
/** If all frames arrive too late for this long, ms, the clock is wrong. */
const LATE_MS = 1000;
/** Largest difference between the clocks of two parties of a stream that share one, ms. */
const SHARED_MS = 100;

/** Maps stream positions to timeline positions. The parties of a stream share one as long as it fits both. */
export interface StreamClock {
  /** Timeline position of stream position 0. */
  base: number | undefined;
  leastDelay: number;
  frames: number;
  since: number;
}

export const createStreamClock = (): StreamClock => ({
  base: undefined,
  leastDelay: Infinity,
  frames: 0,
  since: 0,
});

function restart(clock: StreamClock, now: number): void {
  clock.leastDelay = Infinity;
  clock.frames = 0;
  clock.since = now;
}

/** Records the delay of a frame, and adjusts the clock by the smallest delay of each window. */
function observe(clock: StreamClock, delay: number, now: number): void {
  if (clock.frames === 0) clock.since = now;
  clock.frames++;
  clock.leastDelay = Math.min(clock.leastDelay, delay);
  if (now - clock.since < WINDOW_MS * SAMPLES_PER_MS || clock.frames < WINDOW_FRAMES) return;
  if (Math.abs(clock.leastDelay) > CLOCK_SLACK_MS * SAMPLES_PER_MS) clock.base! += clock.leastDelay;
  restart(clock, now);
}

export interface TrackFrame {
  readonly samples: Int16Array;
  /** Index of the party's first sample, and the step to its next one, in interleaved audio. */
  readonly offset: number;
  readonly stride: number;
  /** Position on the stream's own timeline, ms, if reported. */
  readonly positionMs?: number;
}

/** Receives audio at 16 kHz with its timeline position. */
export type Put = (samples: Int16Array, at: number) => void;

export interface Track {
  /** Adds a frame that arrived at `now`, when the timeline was taken up to `taken`; both are timeline positions. */
  write(frame: TrackFrame, now: number, taken: number): void;
  /** Reports that `durationMs` of audio are missing: the next frame is not joined to the previous one. */
  gap(durationMs: number): void;
  /** Puts the remaining samples. */
  end(): void;
}

function isQuiet(samples: Int16Array, offset: number, stride: number): boolean {
  for (let i = offset; i < samples.length; i += stride) if (Math.abs(samples[i]!) > QUIET) return false;
  return true;
}

/**
 * @param shared clock that the parties of the stream share.
 * @param lose called with the number of samples at 16 kHz that are left out to catch up.
 */
export function createTrack(
  sampleRate: number,
  shared: StreamClock,
  put: Put,
  lose: (samples: number) => void,
): Track {
  const resampler = createResampler(sampleRate, SAMPLE_RATE);
  /** The shared clock if positions are reported, or else a clock of this track. */
  let clock: StreamClock | undefined;
  /** Timeline position of the next resampled sample; undefined before the first. */
  let next: number | undefined;
  /** Expected stream position of the next frame, and that of the last one. */
  let position = 0;
  let lastPosition = -Infinity;
  let isBroken = false;
  let lateSince: number | undefined;

  const startOwnClock = (now: number): StreamClock => {
    const own = createStreamClock();
    restart(own, now);
    return (clock = own);
  };

  function clockFor(isReported: boolean, ideal: number, at: number, now: number): StreamClock {
    if (clock) return clock;
    const fits = shared.base === undefined || Math.abs(ideal - at - shared.base) < SHARED_MS * SAMPLES_PER_MS;
    return isReported && fits ? (clock = shared) : startOwnClock(now);
  }

  /** Returns whether all frames arrive too late, or this one far too early: the clock does not fit the stream. */
  function isClockWrong(delay: number, length: number, now: number): boolean {
    const isLate =
      delay >
      PLAYOUT_DELAY_MS * SAMPLES_PER_MS - Math.min(length, (PLAYOUT_DELAY_MS - MARGIN_MS) * SAMPLES_PER_MS);
    lateSince = isLate ? (lateSince ?? now) : undefined;
    const isTooLate = lateSince !== undefined && now - lateSince >= LATE_MS * SAMPLES_PER_MS;
    return delay < -JUMP_MS * SAMPLES_PER_MS || isTooLate;
  }

  /** Returns the timeline position of a frame with `length` samples. */
  function target(length: number, reported: number | undefined, now: number, taken: number): number {
    // The end of a frame was spoken just now. The start of a long frame must not be too late already.
    const ideal = now - Math.min(length, (PLAYOUT_DELAY_MS - MARGIN_MS) * SAMPLES_PER_MS);
    let at = reported ?? position;
    let used = clockFor(reported !== undefined, ideal, at, now);
    used.base ??= ideal - at;
    let delay = ideal - used.base - at;
    if (reported === undefined && used.base + at < taken) {
      // No frames for a while, without a reported position: time has passed.
      at += delay;
      delay = 0;
      isBroken = true;
      restart(used, now);
    }
    if (isClockWrong(delay, length, now)) {
      used = startOwnClock(now);
      used.base = ideal - at;
      delay = 0;
      lateSince = undefined;
    }
    observe(used, delay, now);
    const tolerance = Math.max(MIN_JOIN_MS * SAMPLES_PER_MS, JOIN_SHARE * length);
    isBroken ||= at < lastPosition || Math.abs(at - position) > tolerance;
    lastPosition = at;
    position = at + length;
    return used.base + at;
  }

  function flush(): void {
    if (next !== undefined) put(resampler.flush(), next);
    resampler.speed = 1;
    next = undefined;
  }

  function trim(error: number): void {
    const isTrimmed = resampler.speed !== 1;
    if (Math.abs(error) > TRIM_FROM_MS * SAMPLES_PER_MS) resampler.speed = error > 0 ? 1 - TRIM : 1 + TRIM;
    else if (isTrimmed && Math.abs(error) < TRIM_TO_MS * SAMPLES_PER_MS) resampler.speed = 1;
  }

  return {
    write({ samples, offset, stride, positionMs }, now, taken) {
      const count = Math.ceil((samples.length - offset) / stride);
      const length = (count * SAMPLE_RATE) / sampleRate;
      const reported = positionMs === undefined ? undefined : positionMs * SAMPLES_PER_MS;
      const at = target(length, reported, now, taken);
      const error = next === undefined ? 0 : at - next - resampler.pending;
      const isLagging = error < -MAX_JOIN_MS * SAMPLES_PER_MS;
      const isTooLate = error < -MAX_LAG_MS * SAMPLES_PER_MS;
      if (isTooLate && !isBroken) lose(-error);
      if (isBroken || isTooLate || error > MAX_JOIN_MS * SAMPLES_PER_MS) flush();
      else if (isLagging && isQuiet(samples, offset, stride)) return lose(length);
      else trim(isLagging ? 0 : error);
      isBroken = false;
      next ??= Math.round(at);
      const ready = resampler.push(samples, offset, stride);
      put(ready, next);
      next += ready.length;
    },
    gap(durationMs) {
      position += durationMs * SAMPLES_PER_MS;
      isBroken = true;
    },
    end: flush,
  };
}
