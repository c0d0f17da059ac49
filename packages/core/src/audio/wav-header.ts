/** Encodes the header of a WAV file with 16-bit PCM: the canonical 44 bytes before the first sample. */
import { PCM_SAMPLE_BYTES } from './sample-bytes.ts';

/** The size of the header, which is also the offset of the first sample. */
export const WAV_HEADER_BYTES = 44;

const PCM = 1;

/** The format of the samples. */
export interface WavFormat {
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
}

/** Returns the header of a file with `dataBytes` bytes of samples, at most 4 GiB minus the header. */
export function encodeWavHeader({ channels, sampleRate }: WavFormat, dataBytes: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const name = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);
  name(0, 'RIFF');
  view.setUint32(4, WAV_HEADER_BYTES - 8 + dataBytes, true);
  name(8, 'WAVE');
  name(12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * PCM_SAMPLE_BYTES, true);
  view.setUint16(32, channels * PCM_SAMPLE_BYTES, true);
  view.setUint16(34, PCM_SAMPLE_BYTES * 8, true);
  name(36, 'data');
  view.setUint32(40, dataBytes, true);
  return bytes;
}
