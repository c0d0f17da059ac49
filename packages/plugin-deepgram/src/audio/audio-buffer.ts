/**
 * The newest audio of some parties, interleaved and in the encoding of the service. It has a fixed size and is counted in frames
 * since the start. Audio that was read is kept until newer audio overwrites it, so it can be read again. No I/O.
 */
import { createResampler, decodePcm16le, encodeMulaw, encodePcm16le, type Resampler } from '@sidetone/core';
import { createFramePositions } from './frame-positions.ts';
import { createFrameRing } from './frame-ring.ts';

/** The longest hole in the audio that is filled with silence; the rest of a longer one is left out. */
export const MAX_FILL_MS = 1000;
/** How long the audio of one channel waits for that of another. */
export const MAX_LAG_MS = 200;
/** Largest difference between the position of audio and the end of the audio before at which it is contiguous. */
const POSITION_TOLERANCE_MS = 10;

type WireEncoding = 'linear16' | 'mulaw';

const ENCODERS = {
  linear16: { bytes: 2, silence: 0x00, encode: encodePcm16le },
  mulaw: { bytes: 1, silence: 0xff, encode: encodeMulaw },
} as const satisfies Record<
  WireEncoding,
  { bytes: number; silence: number; encode: (samples: Int16Array) => Uint8Array }
>;

export interface AudioBufferOptions {
  readonly channels: number;
  /** Hz, of the audio that is written. */
  readonly fromRate: number;
  /** Hz, of the audio that is read. */
  readonly toRate: number;
  readonly encoding: WireEncoding;
  readonly capacityMs: number;
}

interface Chunk {
  readonly bytes: Uint8Array;
  readonly frames: number;
  /** Its position in the call. */
  readonly atMs: number;
}

export interface AudioBuffer {
  /** Writes 16-bit little-endian samples of a channel at a position in the call. */
  write(channel: number, bytes: Uint8Array, atMs: number): void;
  /** Ends the audio: frames that wait for another channel become complete. */
  seal(): void;
  /** The oldest frame that is kept. */
  readonly start: number;
  /** The frame after the newest complete one. */
  readonly end: number;
  /** Bytes that were dropped because their position was in the past. */
  readonly lateBytes: number;
  /** Reads at most `frames` frames, up to the next jump. */
  read(from: number, frames: number): Chunk;
  /** Returns silence of `frames` frames. */
  silence(frames: number): Uint8Array;
  /** Returns the position of a frame in the call, ms. */
  msAt(frame: number): number;
  /** Returns the frame at a position or, within a jump, the next one. */
  frameAt(ms: number): number;
  /** Returns the number of frames in a duration. */
  framesIn(ms: number): number;
}

/** The written audio of one channel. */
interface Lane {
  readonly resampler: Resampler | undefined;
  /** Position in the call of the next contiguous audio; undefined before the first. */
  nextMs: number | undefined;
  /** The frame after the newest one. */
  end: number;
}

/** Returns an empty buffer. */
export function createAudioBuffer(options: AudioBufferOptions): AudioBuffer {
  const { channels, fromRate, toRate } = options;
  const { bytes: sampleBytes, silence, encode } = ENCODERS[options.encoding];
  const positions = createFramePositions(toRate);
  const { framesIn, msAt } = positions;
  const ring = createFrameRing({ channels, sampleBytes, capacity: framesIn(options.capacityMs), silence });
  const lanes = Array.from({ length: channels }, (): Lane => ({
    resampler: fromRate === toRate ? undefined : createResampler(fromRate, toRate),
    nextMs: undefined,
    end: 0,
  }));
  let isSealed = false;
  let lateBytes = 0;

  function end(): number {
    if (isSealed) return ring.end;
    return Math.max(0, ring.end - framesIn(MAX_LAG_MS), Math.min(...lanes.map((lane) => lane.end)));
  }

  function append(lane: Lane, channel: number, samples: Int16Array): void {
    ring.write(channel, lane.end, encode(samples));
    lane.end += samples.length;
  }

  /** Returns the frame of audio that is not contiguous; undefined if it is in the past. Skips the rest of a long hole. */
  function placeAfterHole(lane: Lane, atMs: number): number | undefined {
    const frame = positions.place(atMs);
    const limit = ring.end + framesIn(MAX_FILL_MS);
    if (frame <= limit) return frame < lane.end ? undefined : frame;
    positions.jump(limit, atMs);
    return limit;
  }

  return {
    get start() {
      return ring.start;
    },
    get end() {
      return end();
    },
    get lateBytes() {
      return lateBytes;
    },
    write(channel, bytes, atMs) {
      const lane = lanes[channel];
      if (!lane || isSealed) return;
      const samples = decodePcm16le(bytes);
      if (lane.nextMs === undefined || Math.abs(atMs - lane.nextMs) > POSITION_TOLERANCE_MS) {
        if (lane.resampler && lane.nextMs !== undefined) append(lane, channel, lane.resampler.flush());
        const frame = placeAfterHole(lane, atMs);
        if (frame === undefined) {
          lateBytes += bytes.length;
          return;
        }
        lane.end = frame;
        lane.nextMs = atMs;
      }
      lane.nextMs += (samples.length * 1000) / fromRate;
      append(lane, channel, lane.resampler ? lane.resampler.push(samples) : samples);
    },
    seal() {
      if (isSealed) return;
      for (const [channel, lane] of lanes.entries()) {
        if (lane.resampler) append(lane, channel, lane.resampler.flush());
      }
      isSealed = true;
    },
    read(from, frames) {
      const count = Math.max(0, Math.min(frames, end() - from, positions.nextJump(from) - from));
      return { bytes: ring.read(from, count), frames: count, atMs: msAt(from) };
    },
    silence: (frames) => ring.silence(frames),
    msAt,
    frameAt: (ms) => positions.frameAt(ms, ring.end),
    framesIn,
  };
}
