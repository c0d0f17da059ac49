import { decodeMulaw } from './mulaw.ts';
import { decodeLinear16 } from './pcm.ts';

const PCM_FORMAT = 1;
const MULAW_FORMAT = 7;

/** Mono audio with its sample rate. */
export interface Recording {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/** Decodes a mono mu-law WAV file of this package. Throws for any other format. */
export function parseMulawWav(file: Uint8Array): Recording {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE')
    throw new Error('invalid WAV file: no RIFF header');
  let sampleRate = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === 'fmt ') {
      if (view.getUint16(body, true) !== MULAW_FORMAT) throw new Error('invalid WAV file: expected mu-law');
      if (view.getUint16(body + 2, true) !== 1) throw new Error('invalid WAV file: expected mono');
      sampleRate = view.getUint32(body + 4, true);
    }
    if (tag(at) === 'data') {
      if (sampleRate === 0) throw new Error('invalid WAV file: data before format');
      return { sampleRate, samples: decodeMulaw(file.subarray(body, body + size)) };
    }
    at = body + size + (size & 1);
  }
  throw new Error('invalid WAV file: no data');
}

/** Decodes any WAV file to mono: 16-bit or mu-law, any rate, any channels. Returns undefined for other formats. */
export function decodeWav(file: Buffer): Recording | undefined {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  let format:
    { readonly isMulaw: boolean; readonly channels: number; readonly sampleRate: number } | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const tag = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + size);
    if (tag === 'fmt ' && body.length >= 16) {
      const [kind, channels, bits] = [body.readUInt16LE(0), body.readUInt16LE(2), body.readUInt16LE(14)];
      const isKnown = kind === MULAW_FORMAT ? bits === 8 : kind === PCM_FORMAT && bits === 16;
      const sampleRate = body.readUInt32LE(4);
      if (!isKnown || channels === 0 || sampleRate === 0) return undefined;
      format = { isMulaw: kind === MULAW_FORMAT, channels, sampleRate };
    }
    if (tag === 'data' && format !== undefined) {
      const samples = format.isMulaw ? decodeMulaw(body) : decodeLinear16(body);
      return { sampleRate: format.sampleRate, samples: oneChannel(samples, format.channels) };
    }
    at += 8 + size + (size & 1);
  }
  return undefined;
}

function oneChannel(samples: Int16Array, channels: number): Int16Array {
  if (channels === 1) return samples;
  return Int16Array.from({ length: Math.floor(samples.length / channels) }, (_, index) => {
    const together = samples.subarray(index * channels, (index + 1) * channels);
    return Math.round(together.reduce((sum, sample) => sum + sample, 0) / channels);
  });
}
