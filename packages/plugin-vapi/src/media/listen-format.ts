/**
 * The audio format of a listen socket, which Vapi does not document. In order of precedence: the configured format, a hint sent by
 * the socket, the measured format, and until then the likeliest one.
 */
import { decodePcm16le, type AudioEncoding, type Party } from '@sidetone/core';
import { getOwn, listOf, numberOf, objectOf, parseJson, textOf } from '@sidetone/plugin-kit';
import type { ListenOptions } from '../config.ts';

export interface ListenFormat {
  readonly encoding: AudioEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
}

/** 16-bit samples at 16 kHz, the customer and the assistant interleaved: 64,000 bytes per second. */
export const LIKELIEST_FORMAT: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 2 };

/** How much audio is measured before its rate is certain, ms. */
export const MEASURE_MS = 2500;
/** Messages that are further apart are separated by a pause, which is not measured, ms. */
const MAX_MESSAGE_GAP_MS = 250;
/** Relative tolerance of a measured rate. */
const TOLERANCE = 0.2;
/** Neighbouring samples of one voice correlate, those of two voices do not. */
const MIN_CORRELATION = 0.5;
/** Mean energy below which the audio is silence, and its channels cannot be distinguished: about 1% of full scale. */
const MIN_ENERGY = 300 ** 2;

const MONO_16K: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 };
const STEREO_8K: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 8000, channels: 2 };
const MONO_8K: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 8000, channels: 1 };
const MULAW_8K: ListenFormat = { encoding: 'mulaw', sampleRate: 8000, channels: 1 };

/** The format of each byte rate; where two are possible, the correlation of neighbouring samples decides. */
const BY_RATE: readonly (readonly [rate: number, first: ListenFormat, stereo?: ListenFormat])[] = [
  [64_000, LIKELIEST_FORMAT],
  [32_000, MONO_16K, STEREO_8K],
  [16_000, MONO_8K],
  [8000, MULAW_8K],
];

interface FormatMeter {
  /** Measures whole frames of four bytes, received at `now`. Returns the format once it is certain. */
  push(bytes: Uint8Array, now: number): ListenFormat | undefined;
}

/** Returns a meter without measurements. It keeps sums, not the audio. */
export function createFormatMeter(): FormatMeter {
  let lastAt: number | undefined;
  let spanMs = 0;
  let bytesInSpan = 0;
  let frames = 0;
  const sums = { product: 0, even: 0, odd: 0 };

  function correlation(): number | undefined {
    if ((sums.even + sums.odd) / 2 < MIN_ENERGY * frames) return undefined;
    const scale = Math.sqrt(sums.even * sums.odd);
    return scale === 0 ? 0 : sums.product / scale;
  }

  function decide(): ListenFormat | undefined {
    const rate = (bytesInSpan * 1000) / spanMs;
    const found = BY_RATE.find(([known]) => Math.abs(rate - known) <= known * TOLERANCE);
    if (!found) return undefined;
    const [, first, stereo] = found;
    if (!stereo) return first;
    const value = correlation();
    if (value === undefined) return undefined;
    return value >= MIN_CORRELATION ? first : stereo;
  }

  return {
    push(bytes, now) {
      const samples = decodePcm16le(bytes);
      for (let i = 0; i + 1 < samples.length; i += 2) {
        sums.product += samples[i]! * samples[i + 1]!;
        sums.even += samples[i]! ** 2;
        sums.odd += samples[i + 1]! ** 2;
        frames++;
      }
      // A message covers the time before it, which is unknown for the first one.
      if (lastAt !== undefined && now - lastAt <= MAX_MESSAGE_GAP_MS) {
        spanMs += now - lastAt;
        bytesInSpan += bytes.length;
      }
      lastAt = now;
      return spanMs >= MEASURE_MS ? decide() : undefined;
    },
  };
}

const ENCODINGS: Readonly<Record<string, AudioEncoding>> = {
  linear16: 'pcm_s16le',
  pcm: 'pcm_s16le',
  pcm_s16le: 'pcm_s16le',
  s16le: 'pcm_s16le',
  mulaw: 'mulaw',
  'mu-law': 'mulaw',
  ulaw: 'mulaw',
  pcmu: 'mulaw',
};

/** Returns the format in a text frame, with or without an envelope; undefined if it has none that is supported. */
export function formatHint(text: string): ListenFormat | undefined {
  const value = objectOf(parseJson(text));
  const message = { ...value, ...objectOf(value['message']) } as Readonly<Record<string, unknown>>;
  const sampleRate = numberOf(message['sampleRate']);
  const name = textOf(message['encoding']) ?? textOf(message['format']);
  if (sampleRate === undefined || sampleRate < 3000 || sampleRate > 192_000) return undefined;
  const encoding = name === undefined ? 'pcm_s16le' : getOwn(ENCODINGS, name.toLowerCase());
  const channels = numberOf(message['channels']) ?? listOf(message['channels']).length;
  if (!encoding || channels > 2) return undefined;
  return { encoding, sampleRate: Math.round(sampleRate), channels: channels === 1 ? 1 : 2 };
}

/** Returns the configured format; undefined if it is measured. */
export function forcedFormat({ format }: ListenOptions): ListenFormat | undefined {
  return format === 'auto' ? undefined : format;
}

/** Returns the party of each channel. A single channel contains both. */
export function partiesOf({ channels }: ListenFormat, { swapChannels }: ListenOptions): readonly Party[] {
  if (channels === 1) return ['UNKNOWN'];
  return swapChannels ? ['ASSISTANT', 'CUSTOMER'] : ['CUSTOMER', 'ASSISTANT'];
}

export const isSameFormat = (a: ListenFormat, b: ListenFormat): boolean =>
  a.encoding === b.encoding && a.sampleRate === b.sampleRate && a.channels === b.channels;
