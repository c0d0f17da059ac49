/**
 * Audio that waits to be played, in frames: sounds that are converted piece by piece as they are played, and bytes as
 * they came. Pure of time: who asks for a frame decides when.
 */
import type { AudioEncoding } from '@sidetone/core';
import { encodeMulaw, encodePcm16le, FRAME_MS } from '@sidetone/core';
import { resample, resampledLength } from './resample.ts';
import type { Sound } from './wav.ts';

/** How audio of one channel is written down. */
export interface AudioFormat {
  readonly encoding: AudioEncoding;
  /** Hz. */
  readonly sampleRate: number;
}

const ENCODERS = { pcm_s16le: encodePcm16le, mulaw: encodeMulaw } as const;
const SAMPLE_BYTES = { pcm_s16le: 2, mulaw: 1 } as const;
const SILENCE_BYTE = { pcm_s16le: 0, mulaw: 0xff } as const;

/** How many samples frame number `frame` has: rates that do not divide evenly take turns, so that none is lost. */
export function samplesIn(frame: number, sampleRate: number): number {
  const upTo = (frames: number): number => Math.floor((frames * sampleRate * FRAME_MS) / 1000);
  return upTo(frame + 1) - upTo(frame);
}

/** `samples` samples in which nothing is heard. */
export function silence({ encoding }: AudioFormat, samples: number): Uint8Array {
  return new Uint8Array(samples * SAMPLE_BYTES[encoding]).fill(SILENCE_BYTE[encoding]);
}

/** Most sound that may wait to be played, ms. */
export const MAX_WAITING_MS = 30 * 60_000;

/** Whole sounds, one behind the other. */
export interface SoundQueue {
  /**
   * Whether there is room for the sound; if so, it is played behind those before it. `onEnd` is called when its last
   * samples are taken, and never when it is cleared before.
   */
  add(sound: Sound, onEnd?: () => void): boolean;
  /** The next `samples` samples; silence where there are none. */
  take(samples: number): Uint8Array;
  clear(): void;
  /** Whether nothing waits. */
  readonly isEmpty: boolean;
}

/** A queue of sounds, played in `format`. */
export function createSoundQueue(format: AudioFormat): SoundQueue {
  const { encoding, sampleRate } = format;
  let queue: {
    readonly sound: Sound;
    readonly length: number;
    readonly onEnd: (() => void) | undefined;
    at: number;
  }[] = [];

  const waitingMs = (): number =>
    (queue.reduce((sum, { length, at }) => sum + length - at, 0) * 1000) / sampleRate;

  return {
    add(sound, onEnd) {
      const length = resampledLength(sound.samples.length, sound.sampleRate, sampleRate);
      if (waitingMs() + (length * 1000) / sampleRate > MAX_WAITING_MS) return false;
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

/** Most audio of the other side that may wait for its time, ms: an assistant's voice is made faster than it is spoken. */
export const MAX_AHEAD_MS = 60_000;

/** Audio as bytes that were cut anywhere, on its way to be heard in time. */
export interface ByteQueue {
  add(bytes: Uint8Array): void;
  /** As many whole samples as there are, up to `samples`. */
  take(samples: number): Uint8Array;
  clear(): void;
  /** Bytes that were left out because too many waited. */
  readonly dropped: number;
}

/** A queue of audio in `format`, cut anywhere. */
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
      const wanted = Math.min(samples * width, size - (size % width));
      const taken = new Uint8Array(wanted);
      for (let at = 0; at < wanted;) {
        const head = chunks[0]!;
        const part = head.subarray(0, wanted - at);
        taken.set(part, at);
        at += part.length;
        if (part.length === head.length) chunks.shift();
        else chunks[0] = head.subarray(part.length);
      }
      size -= wanted;
      return taken;
    },
    clear() {
      chunks = [];
      size = 0;
    },
    get dropped() {
      return dropped;
    },
  };
}
