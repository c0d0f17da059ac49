import { decodeMulaw } from './mulaw.ts';

const MULAW_FORMAT = 7;

/** Mono audio with its rate. */
export interface Recording {
  readonly sampleRate: number;
  readonly samples: Int16Array;
}

/**
 * Reads a mono mu-law WAV file, the only kind that this package ships.
 * Throws when it is anything else, because then the package is broken.
 */
export function parseMulawWav(file: Uint8Array): Recording {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new Error('not a WAV file');
  let sampleRate = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === 'fmt ') {
      if (view.getUint16(body, true) !== MULAW_FORMAT) throw new Error('the WAV file is not mu-law');
      if (view.getUint16(body + 2, true) !== 1) throw new Error('the WAV file is not mono');
      sampleRate = view.getUint32(body + 4, true);
    }
    if (tag(at) === 'data') {
      if (sampleRate === 0) throw new Error('the WAV file has data before its format');
      return { sampleRate, samples: decodeMulaw(file.subarray(body, body + size)) };
    }
    at = body + size + (size & 1);
  }
  throw new Error('the WAV file has no data');
}
