/**
 * How the audio of a listen socket is written down, which Vapi does not document. Believed in this order: what the
 * configuration says, what the socket itself hints at, what its bytes show, and until then what is most likely.
 */
import { decodePcm16le, type AudioEncoding, type Party } from '@sidetone/core';
import { listOf, numberOf, objectOf, parseJson, textOf } from '@sidetone/plugin-kit';
import type { ListenOptions } from '../config.ts';

export interface ListenFormat {
  readonly encoding: AudioEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
}

/** 16-bit samples at 16 kHz, the customer and the assistant interleaved: 64,000 bytes a second. */
export const LIKELIEST_FORMAT: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 2 };

/** How much sound is measured before its rate is believed, ms. */
export const MEASURE_MS = 2500;
/** Between messages that are further apart nothing was sent, and nothing is measured, ms. */
const LONGEST_PAUSE_MS = 250;
/** How far a rate may be from one that is known. */
const TOLERANCE = 0.2;
/** Neighbouring samples of one voice are alike, those of two voices are not. */
const ALIKE = 0.5;
/** The energy below which a stretch is silence, and shows nothing: some 1% of full scale. */
const AUDIBLE = 300 ** 2;

const MONO_16K: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 };
const STEREO_8K: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 8000, channels: 2 };
const MONO_8K: ListenFormat = { encoding: 'pcm_s16le', sampleRate: 8000, channels: 1 };
const MULAW_8K: ListenFormat = { encoding: 'mulaw', sampleRate: 8000, channels: 1 };

/** What each byte rate means; where two fit, the likeness of neighbouring samples decides. */
const BY_RATE: readonly (readonly [rate: number, one: ListenFormat, two?: ListenFormat])[] = [
  [64_000, LIKELIEST_FORMAT],
  [32_000, MONO_16K, STEREO_8K],
  [16_000, MONO_8K],
  [8000, MULAW_8K],
];

export interface FormatMeter {
  /** Takes whole frames of four bytes that arrived at `now`; the format, once it is certain. */
  push(bytes: Uint8Array, now: number): ListenFormat | undefined;
}

/** A meter that heard nothing yet. It keeps sums, no sound. */
export function createFormatMeter(): FormatMeter {
  let lastAt: number | undefined;
  let spanMs = 0;
  let bytesInSpan = 0;
  let frames = 0;
  const sums = { product: 0, even: 0, odd: 0 };

  function likeness(): number | undefined {
    if ((sums.even + sums.odd) / 2 < AUDIBLE * frames) return undefined;
    const scale = Math.sqrt(sums.even * sums.odd);
    return scale === 0 ? 0 : sums.product / scale;
  }

  function decide(): ListenFormat | undefined {
    const rate = (bytesInSpan * 1000) / spanMs;
    const found = BY_RATE.find(([known]) => Math.abs(rate - known) <= known * TOLERANCE);
    if (!found) return undefined;
    const [, one, two] = found;
    if (!two) return one;
    const alike = likeness();
    if (alike === undefined) return undefined;
    return alike >= ALIKE ? one : two;
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
      // The first message fills the time before it, which nobody measured.
      if (lastAt !== undefined && now - lastAt <= LONGEST_PAUSE_MS) {
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

/** The format that a text frame tells, bare or in an envelope; nothing when it tells none that can be used. */
export function formatHint(text: string): ListenFormat | undefined {
  const value = objectOf(parseJson(text));
  const message = { ...value, ...objectOf(value['message']) } as Readonly<Record<string, unknown>>;
  const sampleRate = numberOf(message['sampleRate']);
  const word = textOf(message['encoding']) ?? textOf(message['format']);
  if (sampleRate === undefined || sampleRate < 3000 || sampleRate > 192_000) return undefined;
  const encoding = word === undefined ? 'pcm_s16le' : ENCODINGS[word.toLowerCase()];
  const told = numberOf(message['channels']) ?? listOf(message['channels']).length;
  if (!encoding || told > 2) return undefined;
  return { encoding, sampleRate: Math.round(sampleRate), channels: told === 1 ? 1 : 2 };
}

/** The format that is forced by the configuration, if one is. */
export function forcedFormat({ format }: ListenOptions): ListenFormat | undefined {
  return format === 'auto' ? undefined : format;
}

/** Who is heard on each channel. On a single one, both are. */
export function partiesOf({ channels }: ListenFormat, { swapChannels }: ListenOptions): readonly Party[] {
  if (channels === 1) return ['UNKNOWN'];
  return swapChannels ? ['ASSISTANT', 'CUSTOMER'] : ['CUSTOMER', 'ASSISTANT'];
}

export const isSameFormat = (a: ListenFormat, b: ListenFormat): boolean =>
  a.encoding === b.encoding && a.sampleRate === b.sampleRate && a.channels === b.channels;
