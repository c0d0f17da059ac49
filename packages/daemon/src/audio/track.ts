/**
 * One party's audio of one stream, on its way to the time line: resampled, and put where it belongs. Pure: time comes in
 * as the place of "now".
 *
 * Where a frame belongs is told by its position on the stream's own time line, or else follows from the frames before
 * it. A stream's clock maps that onto ours by the frames that came soonest: the least delay of each second. When the two
 * drift apart the clock follows, and the audio is played half a percent slower or faster until it is in place again, so
 * that neither delay nor clicks build up. Only what is further off is moved at once.
 */
import { createResampler } from '@sidetone/core';
import { TIMELINE_RATE } from './timeline.ts';

const PER_MS = TIMELINE_RATE / 1000;

/** How long after its time a frame is taken from the time line, ms: what arrives later than that is not heard. */
export const PLAYOUT_DELAY_MS = 120;
/** How much of the delay is kept for the jitter of long frames, ms. */
const MARGIN_MS = 40;
/** Over how long the least delay is looked for, ms, and in how many frames at least. */
const WINDOW_MS = 1000;
const WINDOW_FRAMES = 10;
/** How far the clocks may differ before the stream's is set, ms. */
const CLOCK_SLACK_MS = 10;
/** How far the position of a frame may be from the end of the one before, as a part of its length and in ms: it is joined to it. */
const JOIN_PART = 0.8;
const MIN_JOIN_MS = 10;
/** How far too early what is heard may be, ms: up to there it is played slower, beyond it is moved, and there is a hole. */
const MAX_JOIN_MS = 80;
/**
 * How far too late, ms: up to there frames in which nobody speaks are left out until it is in place, beyond it is moved, and
 * what it then covers is lost. A stream whose first frames were held up on their way begins like that: better heard a little
 * later until somebody draws breath than with a word less.
 */
const MAX_LAG_MS = 400;
/** The largest sample of a frame in which nobody speaks: -40 dBFS. */
const QUIET = 328;
/** From which distance on the speed is trimmed, until it is below the other, ms. */
const TRIM_FROM_MS = 5;
const TRIM_TO_MS = 1;
/** How much: 5 ms a second, twenty times what a bad clock drifts. */
const TRIM = 0.005;
/** A clock that is this far ahead has jumped, ms: it is set at once. */
const JUMP_MS = 700;
/** After so long of frames that all came too late it is the clock that is wrong, ms. */
const LATE_MS = 1000;
/** How far apart the clocks of two parties of a stream may be to count as one, ms. */
const SHARED_MS = 100;

/** Where position zero of a stream lies on the time line. Its parties share one as long as it suits both. */
export interface StreamClock {
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

/** Takes note of how late a frame was, and sets the clock by the least of a second. */
function observe(clock: StreamClock, delay: number, now: number): void {
  if (clock.frames === 0) clock.since = now;
  clock.frames++;
  clock.leastDelay = Math.min(clock.leastDelay, delay);
  if (now - clock.since < WINDOW_MS * PER_MS || clock.frames < WINDOW_FRAMES) return;
  if (Math.abs(clock.leastDelay) > CLOCK_SLACK_MS * PER_MS) clock.base! += clock.leastDelay;
  restart(clock, now);
}

export interface TrackFrame {
  readonly samples: Int16Array;
  /** Of interleaved audio: the first sample of this party, and from each to the next. */
  readonly offset: number;
  readonly stride: number;
  /** Ms on the stream's own time line, where it is told. */
  readonly positionMs?: number;
}

/** Takes audio at 16 kHz at its place on the time line. */
export type Put = (samples: Int16Array, at: number) => void;

export interface Track {
  /** Takes a frame that arrived at `now`, when the time line was taken up to `taken`: both are places on it. */
  write(frame: TrackFrame, now: number, taken: number): void;
  /** Tells that `durationMs` never came: what follows is not joined to what was before. */
  gap(durationMs: number): void;
  /** Puts down the last samples. */
  end(): void;
}

function isQuiet(samples: Int16Array, offset: number, stride: number): boolean {
  for (let i = offset; i < samples.length; i += stride) if (Math.abs(samples[i]!) > QUIET) return false;
  return true;
}

/** @param shared the clock that the parties of the stream share. */
export function createTrack(sampleRate: number, shared: StreamClock, put: Put): Track {
  const resampler = createResampler(sampleRate, TIMELINE_RATE);
  /** Where positions are told they are compared with the other party's; where they are counted they are our own. */
  let clock: StreamClock | undefined;
  /** KeysetPosition of the next sample that the resampler gives; undefined before the first. */
  let next: number | undefined;
  /** Position of the frame that would follow, and of the last one. */
  let position = 0;
  let lastPosition = -Infinity;
  let isBroken = false;
  let lateSince: number | undefined;

  const ownClock = (now: number): StreamClock => {
    const own = createStreamClock();
    restart(own, now);
    return (clock = own);
  };

  function clockFor(isTold: boolean, ideal: number, at: number, now: number): StreamClock {
    if (clock) return clock;
    const suits = shared.base === undefined || Math.abs(ideal - at - shared.base) < SHARED_MS * PER_MS;
    return isTold && suits ? (clock = shared) : ownClock(now);
  }

  /** A clock whose frames all come too late, or far too early, is not the one that they are written by. */
  function isOff(delay: number, length: number, now: number): boolean {
    const isLate =
      delay > PLAYOUT_DELAY_MS * PER_MS - Math.min(length, (PLAYOUT_DELAY_MS - MARGIN_MS) * PER_MS);
    lateSince = isLate ? (lateSince ?? now) : undefined;
    return delay < -JUMP_MS * PER_MS || (lateSince !== undefined && now - lateSince >= LATE_MS * PER_MS);
  }

  /** Where on the time line a frame of `length` samples belongs. */
  function target(length: number, told: number | undefined, now: number, taken: number): number {
    // The end of a frame is what just happened. Of a long one the beginning must not be too late already.
    const ideal = now - Math.min(length, (PLAYOUT_DELAY_MS - MARGIN_MS) * PER_MS);
    let at = told ?? position;
    let used = clockFor(told !== undefined, ideal, at, now);
    used.base ??= ideal - at;
    let delay = ideal - used.base - at;
    if (told === undefined && used.base + at < taken) {
      // Nothing came for a while, and nobody says why: time went on.
      at += delay;
      delay = 0;
      isBroken = true;
      restart(used, now);
    }
    if (isOff(delay, length, now)) {
      used = ownClock(now);
      used.base = ideal - at;
      delay = 0;
      lateSince = undefined;
    }
    observe(used, delay, now);
    const tolerance = Math.max(MIN_JOIN_MS * PER_MS, JOIN_PART * length);
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
    if (Math.abs(error) > TRIM_FROM_MS * PER_MS) resampler.speed = error > 0 ? 1 - TRIM : 1 + TRIM;
    else if (isTrimmed && Math.abs(error) < TRIM_TO_MS * PER_MS) resampler.speed = 1;
  }

  return {
    write({ samples, offset, stride, positionMs }, now, taken) {
      const count = Math.ceil((samples.length - offset) / stride);
      const length = (count * TIMELINE_RATE) / sampleRate;
      const at = target(length, positionMs === undefined ? undefined : positionMs * PER_MS, now, taken);
      const error = next === undefined ? 0 : at - next - resampler.pending;
      const isLagging = error < -MAX_JOIN_MS * PER_MS;
      if (isBroken || error > MAX_JOIN_MS * PER_MS || error < -MAX_LAG_MS * PER_MS) flush();
      else if (isLagging && isQuiet(samples, offset, stride)) return;
      else trim(isLagging ? 0 : error);
      isBroken = false;
      next ??= Math.round(at);
      const ready = resampler.push(samples, offset, stride);
      put(ready, next);
      next += ready.length;
    },
    gap(durationMs) {
      position += durationMs * PER_MS;
      isBroken = true;
    },
    end: flush,
  };
}
