import { CALL_SAMPLE_RATE, FRAME_SAMPLES } from '../../audio/pcm.ts';
import { bytesPerSecond, createUplinkDecoder } from './audio-format.ts';
import type { AudioFormat } from './audio-format.ts';
import { createUplinkMeter } from './uplink-meter.ts';
import type { Measured } from './uplink-meter.ts';

/** How much audio can be buffered; the excess is dropped and counted. */
export const MAX_BACKLOG_MS = 10_000;

const MAX_BACKLOG_SAMPLES = (MAX_BACKLOG_MS * CALL_SAMPLE_RATE) / 1000;

/** Buffers the received audio and returns it at the pace of the call. */
interface Uplink {
  push(bytes: Buffer): void;
  /** Returns the next frame, padded with silence. */
  take(): Int16Array;
  measured(): Measured & { readonly bytesDropped: number };
}

/** Creates the uplink of one call. */
export function createUplink(format: AudioFormat): Uplink {
  const decode = createUplinkDecoder(format);
  const meter = createUplinkMeter(bytesPerSecond(format));
  let chunks: Int16Array[] = [];
  let queued = 0;
  let bytesDropped = 0;
  return {
    push(bytes) {
      const samples = decode(bytes);
      meter.frame(bytes.length, samples);
      if (queued + samples.length > MAX_BACKLOG_SAMPLES) {
        bytesDropped += bytes.length;
        return;
      }
      chunks.push(samples);
      queued += samples.length;
    },
    take() {
      const frame = new Int16Array(FRAME_SAMPLES);
      let filled = 0;
      while (filled < frame.length) {
        const [first, ...rest] = chunks;
        if (first === undefined) break;
        const part = first.subarray(0, frame.length - filled);
        frame.set(part, filled);
        filled += part.length;
        chunks = part.length < first.length ? [first.subarray(part.length), ...rest] : rest;
      }
      queued -= filled;
      return frame;
    },
    measured: () => ({ ...meter.measured(), bytesDropped }),
  };
}
