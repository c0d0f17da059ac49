// What a two-way stream was given to play: audio and checkpoints in one queue, taken out frame by frame. A
// checkpoint is reached when the last audio before it has been heard, not when it was taken out of the queue.

import { CALL_SAMPLE_RATE, FRAME_SAMPLES } from '../../audio/pcm.ts';

/** How many checkpoints may wait; one more is ignored. */
export const MAX_CHECKPOINTS = 1_000;

/** What became of a stream's audio so far. */
export interface PlaybackState {
  /** How much was heard. */
  readonly playedMs: number;
  /** How much waits to be heard. */
  readonly queuedMs: number;
  /** How much never was, because it was cleared. */
  readonly clearedMs: number;
  /** How much never was, because too much waited. */
  readonly droppedMs: number;
  readonly clears: number;
  /** The checkpoints that were reached, in order; the last ones. */
  readonly checkpoints: readonly string[];
  /** How many checkpoints were void, because of a clear. */
  readonly voided: number;
}

/** See the top of the file. */
export interface Playback {
  /** Nothing is being played, and nothing waits to be played. */
  readonly idle: boolean;
  /** Queues audio at the rate of calls; false when it was thrown away, because the queue is full. */
  push(samples: Int16Array, limitMs: number): boolean;
  /** False when too many wait. */
  addCheckpoint(name: string): boolean;
  clear(): void;
  /** The next frame, if there is any audio for it, and the checkpoints that have been reached before it. */
  next(): { readonly frame: Int16Array | undefined; readonly reached: readonly string[] };
  state(): PlaybackState;
}

/** An empty queue. */
export function createPlayback(): Playback {
  let queue: (Int16Array | string)[] = [];
  let reachedNext: string[] = [];
  let isPlaying = false;
  const counts = { played: 0, queued: 0, cleared: 0, dropped: 0, clears: 0, voided: 0 };
  const checkpoints: string[] = [];
  const waiting = (): number => queue.filter((item) => typeof item === 'string').length + reachedNext.length;

  return {
    get idle() {
      return queue.length === 0 && !isPlaying;
    },
    push(samples, limitMs) {
      if (msOf(counts.queued + samples.length) > limitMs) {
        counts.dropped += samples.length;
        return false;
      }
      queue.push(samples);
      counts.queued += samples.length;
      return true;
    },
    addCheckpoint(name) {
      if (waiting() >= MAX_CHECKPOINTS) return false;
      queue.push(name);
      return true;
    },
    clear() {
      counts.clears += 1;
      counts.voided += waiting();
      counts.cleared += counts.queued;
      counts.queued = 0;
      queue = [];
      reachedNext = [];
    },
    next() {
      const reached = reachedNext;
      reachedNext = [];
      const frame = new Int16Array(FRAME_SAMPLES);
      let filled = 0;
      while (queue.length > 0 && (filled < frame.length || typeof queue[0] === 'string')) {
        const item = queue.shift();
        if (item === undefined) break;
        if (typeof item === 'string') {
          (filled === 0 ? reached : reachedNext).push(item);
          continue;
        }
        const part = item.subarray(0, frame.length - filled);
        frame.set(part, filled);
        filled += part.length;
        if (part.length < item.length) queue.unshift(item.subarray(part.length));
      }
      counts.queued -= filled;
      counts.played += filled;
      isPlaying = filled > 0;
      checkpoints.push(...reached);
      checkpoints.splice(0, checkpoints.length - MAX_CHECKPOINTS);
      return { frame: isPlaying ? frame : undefined, reached };
    },
    state: () => ({
      playedMs: Math.round(msOf(counts.played)),
      queuedMs: Math.round(msOf(counts.queued)),
      clearedMs: Math.round(msOf(counts.cleared)),
      droppedMs: Math.round(msOf(counts.dropped)),
      clears: counts.clears,
      checkpoints: [...checkpoints],
      voided: counts.voided,
    }),
  };
}

function msOf(samples: number): number {
  return (samples / CALL_SAMPLE_RATE) * 1000;
}
