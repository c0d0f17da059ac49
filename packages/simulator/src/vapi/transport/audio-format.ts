import { decodeMulaw, encodeMulaw } from '../../audio/mulaw.ts';
import { CALL_SAMPLE_RATE, encodeLinear16 } from '../../audio/pcm.ts';
import { createResampler } from '../../audio/resampler.ts';

/** The audio format of a transport socket. */
export interface AudioFormat {
  readonly format: 'pcm_s16le' | 'mulaw';
  readonly sampleRate: number;
  readonly container: 'raw';
}

/** The default format. */
export const DEFAULT_FORMAT: AudioFormat = { format: 'pcm_s16le', sampleRate: 16_000, container: 'raw' };

/** Returns the number of bytes in one second of audio. */
export function bytesPerSecond({ format, sampleRate }: AudioFormat): number {
  return format === 'mulaw' ? sampleRate : sampleRate * 2;
}

/** Returns a decoder from bytes to samples at the rate of calls. An incomplete sample is kept for the next push. */
export function createUplinkDecoder({ format, sampleRate }: AudioFormat): (bytes: Buffer) => Int16Array {
  const resample = createResampler(sampleRate, CALL_SAMPLE_RATE);
  if (format === 'mulaw') return (bytes) => resample(decodeMulaw(bytes));
  let half: Buffer = Buffer.alloc(0);
  return (bytes) => {
    const all = half.length === 0 ? bytes : Buffer.concat([half, bytes]);
    const count = Math.floor(all.length / 2);
    half = all.subarray(count * 2);
    return resample(Int16Array.from({ length: count }, (_, index) => all.readInt16LE(index * 2)));
  };
}

/** Returns an encoder from samples at the rate of calls to bytes. */
export function createDownlinkEncoder({ format, sampleRate }: AudioFormat): (samples: Int16Array) => Buffer {
  const resample = createResampler(CALL_SAMPLE_RATE, sampleRate);
  return (samples) => {
    const resampled = resample(samples);
    return format === 'mulaw' ? Buffer.from(encodeMulaw(resampled)) : encodeLinear16(resampled);
  };
}
