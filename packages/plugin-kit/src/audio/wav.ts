/**
 * Decodes WAV files: RIFF chunks in any order, PCM of 8 to 32 bits, 32-bit floats and mu-law. A chunk size that exceeds the
 * file, as in files that were written to a pipe, is reduced to the actual size.
 */
import { MULAW_TO_LINEAR } from '@sidetone/core';

/** A sound with one channel. */
export interface Sound {
  /** Hz. */
  readonly sampleRate: number;
  /** 16-bit samples. Several channels are mixed into one. */
  readonly samples: Int16Array;
}

/** The decoded sound, or the reason for which it cannot be decoded. */
export type WavResult =
  { readonly ok: true; readonly sound: Sound } | { readonly ok: false; readonly problem: string };

const PCM = 1;
const FLOAT = 3;
const MULAW = 7;
/** The format is in the first two bytes of the sub-format. */
const EXTENSIBLE = 0xfffe;

const MIN_RATE = 3000;
const MAX_RATE = 192_000;
const MAX_CHANNELS = 8;

interface Format {
  readonly kind: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

type ReadSample = (view: DataView, at: number) => number;

/** Functions that read a sample as a 16-bit value, by format and bits. */
const READERS: Readonly<Record<string, ReadSample>> = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) * 256,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true),
  [`${PCM}/24`]: (view, at) => view.getInt16(at + 1, true),
  [`${PCM}/32`]: (view, at) => view.getInt16(at + 2, true),
  [`${FLOAT}/32`]: (view, at) => toInt16(view.getFloat32(at, true)),
  [`${MULAW}/8`]: (view, at) => MULAW_TO_LINEAR[view.getUint8(at)]!,
};

const toInt16 = (value: number): number =>
  Number.isFinite(value) ? Math.round(Math.max(-1, Math.min(1, value)) * 32_767) : 0;

const failed = (problem: string): WavResult => ({ ok: false, problem });

function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function formatAt(view: DataView, at: number, bytes: number): Format | undefined {
  if (bytes < 16) return undefined;
  const kind = view.getUint16(at, true);
  return {
    kind: kind === EXTENSIBLE && bytes >= 26 ? view.getUint16(at + 24, true) : kind,
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

/** Decodes a WAV file. Never throws. */
export function decodeWav(bytes: Uint8Array): WavResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || nameAt(view, 0) !== 'RIFF' || nameAt(view, 8) !== 'WAVE') {
    return failed('not a WAV file');
  }
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = nameAt(view, at);
    const declared = view.getUint32(at + 4, true);
    const size = Math.min(declared, bytes.length - at - 8);
    if (name === 'fmt ') format = formatAt(view, at + 8, size);
    if (name === 'data') return soundOf(view, at + 8, size, format);
    at += 8 + declared + (declared % 2);
  }
  return failed('no audio data');
}

function soundOf(view: DataView, at: number, size: number, format: Format | undefined): WavResult {
  if (!format) return failed('missing format');
  const { kind, channels, sampleRate, bits } = format;
  const read = READERS[`${kind}/${bits}`];
  if (!read) return failed(`unsupported format ${kind} with ${bits} bits`);
  if (channels < 1 || channels > MAX_CHANNELS) return failed(`unsupported number of channels: ${channels}`);
  if (sampleRate < MIN_RATE || sampleRate > MAX_RATE)
    return failed(`unsupported sample rate: ${sampleRate} Hz`);
  const sampleBytes = bits / 8;
  const frames = Math.floor(size / (sampleBytes * channels));
  const samples = new Int16Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += read(view, at + (frame * channels + channel) * sampleBytes);
    }
    samples[frame] = Math.round(sum / channels);
  }
  return { ok: true, sound: { sampleRate, samples } };
}
