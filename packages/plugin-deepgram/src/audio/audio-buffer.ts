/**
 * The newest audio of some parties, as it goes over a socket: interleaved, and in the encoding of the service. A ring of
 * fixed size, counted in frames (one sample of each party) since the beginning; what was read stays until newer audio takes
 * its place, so that it can be read again. No I/O.
 */
import { createResampler, decodePcm16le, encodeMulaw, encodePcm16le, type Resampler } from '@sidetone/core';

/** The longest hole that is filled with silence; a longer one is left out behind so much. */
export const MAX_FILL_MS = 1000;
/** How long one party's audio is waited for when another's is there already. */
export const MAX_LAG_MS = 200;
/** How far a place may be from where the party's audio ended and still follow on it. */
const SAME_PLACE_MS = 10;
/** Jumps that are remembered. */
const MAX_ANCHORS = 256;

export type WireEncoding = 'linear16' | 'mulaw';

const ENCODERS = {
  linear16: { bytes: 2, silence: 0x00, encode: encodePcm16le },
  mulaw: { bytes: 1, silence: 0xff, encode: encodeMulaw },
} as const satisfies Record<
  WireEncoding,
  { bytes: number; silence: number; encode: (samples: Int16Array) => Uint8Array }
>;

export interface AudioBufferOptions {
  readonly channels: number;
  /** Hz of what is written, and of what is read. */
  readonly fromRate: number;
  readonly toRate: number;
  readonly encoding: WireEncoding;
  readonly capacityMs: number;
}

/** Audio that was read. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly frames: number;
  /** Where it lies in the call. */
  readonly atMs: number;
}

export interface AudioBuffer {
  /** Takes 16-bit little-endian samples of a channel. */
  write(channel: number, bytes: Uint8Array, atMs: number): void;
  /** No more comes: what waits for another channel is complete. */
  seal(): void;
  /** The oldest frame that is there, and the one behind the newest that is complete. */
  readonly start: number;
  readonly end: number;
  /** How much was dropped because it came for a place that was past, in bytes as written. */
  readonly lateBytes: number;
  /** At most `frames` frames from `from` on, up to the next jump. */
  read(from: number, frames: number): Chunk;
  /** Frames in which nothing is heard. */
  silence(frames: number): Uint8Array;
  /** Where a frame lies in the call, and which frame lies there, or else is the next. */
  msAt(frame: number): number;
  frameAt(ms: number): number;
  framesIn(ms: number): number;
}

/** One channel's audio on its way in. */
interface Lane {
  readonly resampler: Resampler | undefined;
  /** Where its next audio belongs, in the call and in frames. */
  nextMs: number | undefined;
  end: number;
}

/** A buffer in which there is nothing. */
export function createAudioBuffer(options: AudioBufferOptions): AudioBuffer {
  const { channels, fromRate, toRate } = options;
  const { bytes: sampleBytes, silence: quiet, encode } = ENCODERS[options.encoding];
  const frameBytes = channels * sampleBytes;
  const framesIn = (ms: number): number => Math.round((ms * toRate) / 1000);
  const capacity = framesIn(options.capacityMs);
  const ring = new Uint8Array(capacity * frameBytes);
  const anchors: { readonly frame: number; readonly ms: number }[] = [];
  const lanes = Array.from({ length: channels }, (): Lane => ({
    resampler: fromRate === toRate ? undefined : createResampler(fromRate, toRate),
    nextMs: undefined,
    end: 0,
  }));
  let head = 0;
  let isSealed = false;
  let lateBytes = 0;

  function completeTo(): number {
    if (isSealed) return head;
    return Math.max(0, head - framesIn(MAX_LAG_MS), Math.min(...lanes.map((lane) => lane.end)));
  }

  function msAt(frame: number): number {
    const anchor = anchors.findLast((each) => each.frame <= frame) ?? anchors[0];
    return anchor ? anchor.ms + ((frame - anchor.frame) * 1000) / toRate : 0;
  }

  function frameAt(ms: number): number {
    const index = anchors.findLastIndex((anchor) => anchor.ms <= ms);
    const anchor = anchors[index];
    if (!anchor) return 0;
    const until = anchors[index + 1]?.frame ?? head;
    return Math.min(until, anchor.frame + framesIn(ms - anchor.ms));
  }

  /** Makes room up to a frame, with silence in it. */
  function extend(to: number): void {
    for (let from = head; from < to;) {
      const at = from % capacity;
      const count = Math.min(to - from, capacity - at);
      ring.fill(quiet, at * frameBytes, (at + count) * frameBytes);
      from += count;
    }
    head = Math.max(head, to);
  }

  function append(lane: Lane, channel: number, samples: Int16Array): void {
    const bytes = encode(samples);
    extend(lane.end + samples.length);
    for (let i = 0; i < samples.length; i++) {
      const at = ((lane.end + i) % capacity) * frameBytes + channel * sampleBytes;
      for (let byte = 0; byte < sampleBytes; byte++) ring[at + byte] = bytes[i * sampleBytes + byte]!;
    }
    lane.end += samples.length;
  }

  /** The frame for a place that does not follow on the last one; undefined when it is past. */
  function jump(lane: Lane, atMs: number): number | undefined {
    if (anchors.length === 0) anchors.push({ frame: 0, ms: atMs });
    const last = anchors.at(-1)!;
    const frame = last.frame + framesIn(atMs - last.ms);
    const limit = head + framesIn(MAX_FILL_MS);
    if (frame > limit) {
      anchors.push({ frame: limit, ms: atMs });
      if (anchors.length > MAX_ANCHORS) anchors.shift();
      return limit;
    }
    return frame < lane.end ? undefined : frame;
  }

  return {
    get start() {
      return Math.max(0, head - capacity);
    },
    get end() {
      return completeTo();
    },
    get lateBytes() {
      return lateBytes;
    },
    write(channel, bytes, atMs) {
      const lane = lanes[channel];
      if (!lane || isSealed) return;
      const samples = decodePcm16le(bytes);
      if (lane.nextMs === undefined || Math.abs(atMs - lane.nextMs) > SAME_PLACE_MS) {
        if (lane.resampler && lane.nextMs !== undefined) append(lane, channel, lane.resampler.flush());
        const frame = jump(lane, atMs);
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
      const until = anchors.find((anchor) => anchor.frame > from)?.frame ?? Infinity;
      const count = Math.max(0, Math.min(frames, completeTo() - from, until - from));
      const bytes = new Uint8Array(count * frameBytes);
      const at = from % capacity;
      const first = Math.min(count, capacity - at);
      bytes.set(ring.subarray(at * frameBytes, (at + first) * frameBytes));
      bytes.set(ring.subarray(0, (count - first) * frameBytes), first * frameBytes);
      return { bytes, frames: count, atMs: msAt(from) };
    },
    silence: (frames) => new Uint8Array(frames * frameBytes).fill(quiet),
    msAt,
    frameAt,
    framesIn,
  };
}
