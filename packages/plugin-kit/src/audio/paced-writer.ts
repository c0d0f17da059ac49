/** Writes audio that arrives faster than it is spoken in real time, such as the voice of a bot. */
import { pace, type Clock } from '@sidetone/core';
import { createByteQueue, durationOf, samplesInFrame, type AudioFormat } from './playout.ts';

export interface PacedWriter {
  /** Queues audio. What exceeds {@link MAX_AHEAD_MS} is dropped and counted. */
  add(bytes: Uint8Array): void;
  /** Discards what was not written yet: it is never heard, because the bot was interrupted. */
  clear(): void;
  /** Discards the queue and stops. Audio that is added later is ignored. */
  stop(): void;
  /** The duration of the audio that was not written yet, ms. */
  readonly queuedMs: number;
  /** Bytes that were dropped because the queue was full. */
  readonly droppedBytes: number;
  /** Bytes that were discarded by `clear`. */
  readonly clearedBytes: number;
}

export interface PacedWriterOptions {
  /** The clock of the host. */
  readonly clock: Clock;
  readonly format: AudioFormat;
  /** Called with at most 20 ms of audio, every 20 ms while there is any. */
  readonly write: (bytes: Uint8Array) => void;
}

/** Creates a writer. It has a timer only while audio is queued. */
export function createPacedWriter({ clock, format, write }: PacedWriterOptions): PacedWriter {
  const queue = createByteQueue(format);
  let stopPacing: (() => void) | undefined;
  let isStopped = false;
  let clearedBytes = 0;

  function pause(): void {
    stopPacing?.();
    stopPacing = undefined;
  }

  function writeFrame(frame: number): void {
    const bytes = queue.take(samplesInFrame(frame, format.sampleRate));
    if (bytes.length > 0) write(bytes);
    else pause();
  }

  return {
    add(bytes) {
      if (isStopped) return;
      queue.add(bytes);
      if (stopPacing || queue.bytes === 0) return;
      // The first frame is written before `pace` returns.
      stopPacing = () => undefined;
      stopPacing = pace(clock, writeFrame);
      // `write` may have stopped this writer.
      if (isStopped) pause();
    },
    clear() {
      clearedBytes += queue.bytes;
      queue.clear();
    },
    stop() {
      isStopped = true;
      queue.clear();
      pause();
    },
    get queuedMs() {
      return durationOf(format, queue.bytes);
    },
    get droppedBytes() {
      return queue.dropped;
    },
    get clearedBytes() {
      return clearedBytes;
    },
  };
}
