/**
 * Queues of audio for playback in frames: sounds, which are converted while they are played, and encoded bytes. They have no
 * timer; the caller takes a frame when it is needed.
 */
import { encodeMulaw, encodePcm16le, FRAME_MS, type AudioEncoding, SAMPLE_BYTES } from '@sidetone/core';
import { resample, resampledLength } from './resample.ts';
import type { Sound } from './wav.ts';

/** The format of audio with one channel. */
export interface AudioFormat {
  readonly encoding: AudioEncoding;
  /** Hz. */
  readonly sampleRate: number;
}

const ENCODERS = { pcm_s16le: encodePcm16le, mulaw: encodeMulaw } as const;
const SILENCE_BYTE = { pcm_s16le: 0, mulaw: 0xff } as const;

/** Returns the number of samples in a frame of 20 ms. Frames differ by one sample if the rate is not a multiple of 50 Hz. */
export function samplesInFrame(frame: number, sampleRate: number): number {
  const upTo = (frames: number): number => Math.floor((frames * sampleRate * FRAME_MS) / 1000);
  return upTo(frame + 1) - upTo(frame);
}

/** Returns the duration of encoded audio, ms. */
export const durationOf = ({ encoding, sampleRate }: AudioFormat, bytes: number): number =>
  (bytes / SAMPLE_BYTES[encoding] / sampleRate) * 1000;

/** Returns `samples` samples of silence. */
export function silence({ encoding }: AudioFormat, samples: number): Uint8Array {
  return new Uint8Array(samples * SAMPLE_BYTES[encoding]).fill(SILENCE_BYTE[encoding]);
}

/** Maximum duration of queued sounds, in ms. */
export const MAX_QUEUED_MS = 30 * 60_000;

/** A queue of sounds that are played one after another. */
export interface SoundQueue {
  /**
   * Queues a sound. Returns false if the queue would exceed {@link MAX_QUEUED_MS}. `onEnd` is called when its last samples
   * are taken, but not if it is cleared before.
   */
  add(sound: Sound, onEnd?: () => void): boolean;
  /** Returns the next `samples` samples, filled up with silence. */
  take(samples: number): Uint8Array;
  clear(): void;
  /** Whether no sound is queued. */
  readonly isEmpty: boolean;
}

/** Creates a queue of sounds that are converted to `format`. */
export function createSoundQueue(format: AudioFormat): SoundQueue {
  const { encoding, sampleRate } = format;
  let queue: {
    readonly sound: Sound;
    readonly length: number;
    readonly onEnd: (() => void) | undefined;
    at: number;
  }[] = [];

  const queuedMs = (): number =>
    (queue.reduce((sum, { length, at }) => sum + length - at, 0) * 1000) / sampleRate;

  return {
    add(sound, onEnd) {
      const length = resampledLength(sound.samples.length, sound.sampleRate, sampleRate);
      if (queuedMs() + (length * 1000) / sampleRate > MAX_QUEUED_MS) return false;
      queue.push({ sound, length, onEnd, at: 0 });
      return true;
    },
    take(samples) {
      const head = queue[0];
      if (!head) return silence(format, samples);
      const count = Math.min(samples, head.length - head.at);
      const piece = new Int16Array(samples);
      piece.set(resample(head.sound.samples, head.sound.sampleRate, sampleRate, head.at, count));
      head.at += count;
      if (head.at >= head.length) {
        queue.shift();
        head.onEnd?.();
      }
      return ENCODERS[encoding](piece);
    },
    clear() {
      queue = [];
    },
    get isEmpty() {
      return queue.length === 0;
    },
  };
}

/** Maximum duration of queued bytes, in ms. Speech synthesis produces audio faster than real time. */
export const MAX_AHEAD_MS = 60_000;

/** A queue of encoded audio that arrives in pieces of any size. */
export interface ByteQueue {
  /** Queues a copy of the bytes, or drops them if the queue would exceed {@link MAX_AHEAD_MS}. */
  add(bytes: Uint8Array): void;
  /** Returns the available whole samples, at most `samples`. */
  take(samples: number): Uint8Array;
  clear(): void;
  /** Number of bytes in the queue. */
  readonly bytes: number;
  /** Number of bytes that were dropped because the queue was full. */
  readonly dropped: number;
}

/** Creates a queue of audio in `format`. */
export function createByteQueue({ encoding, sampleRate }: AudioFormat): ByteQueue {
  const limit = (sampleRate * SAMPLE_BYTES[encoding] * MAX_AHEAD_MS) / 1000;
  let chunks: Uint8Array[] = [];
  let size = 0;
  let dropped = 0;
  return {
    add(bytes) {
      if (size + bytes.length > limit) {
        dropped += bytes.length;
        return;
      }
      if (bytes.length === 0) return;
      chunks.push(bytes.slice());
      size += bytes.length;
    },
    take(samples) {
      const width = SAMPLE_BYTES[encoding];
      const count = Math.min(samples * width, size - (size % width));
      const taken = new Uint8Array(count);
      for (let at = 0; at < count;) {
        const head = chunks[0]!;
        const part = head.subarray(0, count - at);
        taken.set(part, at);
        at += part.length;
        if (part.length === head.length) chunks.shift();
        else chunks[0] = head.subarray(part.length);
      }
      size -= count;
      return taken;
    },
    clear() {
      chunks = [];
      size = 0;
    },
    get bytes() {
      return size;
    },
    get dropped() {
      return dropped;
    },
  };
}
