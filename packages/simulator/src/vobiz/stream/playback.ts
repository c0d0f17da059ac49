// The playback queue of a two-way stream: audio and checkpoints, removed frame by frame. A checkpoint is reached when
// the audio before it was played, not when it was removed from the queue.

import { CALL_SAMPLE_RATE, FRAME_SAMPLES } from '../../audio/pcm.ts';

/** How many checkpoints can be queued; further ones are ignored. */
export const MAX_CHECKPOINTS = 1_000;

/** Statistics of a stream's playback. */
interface PlaybackState {
  /** How much was played. */
  readonly playedMs: number;
  /** How much is queued. */
  readonly queuedMs: number;
  /** How much was cleared. */
  readonly clearedMs: number;
  /** How much was dropped because the queue was full. */
  readonly droppedMs: number;
  readonly clears: number;
  /** The latest reached checkpoints, in order. */
  readonly checkpoints: readonly string[];
  /** How many checkpoints a clear removed. */
  readonly voided: number;
}

/** The playback queue of one connection. */
export interface Playback {
  /** Whether nothing is playing or queued. */
  readonly idle: boolean;
  /** Queues audio at the rate of calls. Returns false if it was dropped because the queue is full. */
  push(samples: Int16Array, limitMs: number): boolean;
  /** Queues a checkpoint. Returns false if too many are queued. */
  addCheckpoint(name: string): boolean;
  clear(): void;
  /** Returns the next frame, if there is audio for it, and the checkpoints that were reached before it. */
  next(): { readonly frame: Int16Array | undefined; readonly reached: readonly string[] };
  state(): PlaybackState;
}

/** Creates an empty queue. */
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
