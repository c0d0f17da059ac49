/**
 * Writes the recording of a conversation as the daemon writes it: 16 kHz stereo from audio of a telephone line, 8 kHz mu-law with
 * noise. The speech is that of the simulator, in another order each minute.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import {
  createResampler,
  decodeMulaw,
  encodeMulaw,
  encodePcm16le,
  encodeWavHeader,
  WAV_HEADER_BYTES,
} from '@sidetone/core';
import { loadSpeech } from '../../packages/simulator/src/speech/library.ts';
import { createRandom, type Random } from '../history/random.ts';

const LINE_RATE = 8000;
export const FORMAT = { channels: 2, sampleRate: 16_000 };
const MINUTE = 60 * LINE_RATE;
/** The pauses between two utterances, s. */
const PAUSE_SECONDS = [0.3, 1.5] as const;

export interface Line {
  /** Amplitude of the noise of the line. */
  readonly noise: number;
  /** Whether both parties speak all the time, instead of one after the other. */
  readonly isSimultaneous: boolean;
  readonly isSilent: boolean;
}

export function writeRecording(path: string, minutes: number, line: Line): void {
  const random = createRandom(1);
  const file = openSync(path, 'w', 0o600);
  const bytes = minutes * 60 * FORMAT.sampleRate * FORMAT.channels * 2;
  writeSync(file, encodeWavHeader(FORMAT, bytes), 0, WAV_HEADER_BYTES, 0);
  const speech = spoken();
  for (let minute = 0; minute < minutes; minute++) {
    const parties = partiesOf(speech, random, line).map((samples) => asRecorded(samples, random, line.noise));
    const stereo = new Int16Array(2 * parties[0]!.length);
    for (const [channel, samples] of parties.entries())
      for (let i = 0; i < samples.length; i++) stereo[2 * i + channel] = samples[i]!;
    const part = encodePcm16le(stereo);
    writeSync(file, part, 0, part.length, WAV_HEADER_BYTES + minute * part.length);
  }
  closeSync(file);
}

type Speech = Readonly<Record<'customer' | 'assistant', readonly Int16Array[]>>;

/** The utterances of both parties at the rate of the line. */
function spoken(): Speech {
  const { recordings } = loadSpeech();
  const of = (speaker: keyof Speech): readonly Int16Array[] =>
    recordings
      .filter((recording) => recording.speaker === speaker)
      .map(({ samples }) => resample(samples, FORMAT.sampleRate, LINE_RATE));
  return { customer: of('customer'), assistant: of('assistant') };
}

/** A minute of both parties. */
function partiesOf(
  speech: Speech,
  random: Random,
  { isSimultaneous, isSilent }: Line,
): readonly Int16Array[] {
  const minute = { customer: new Int16Array(MINUTE), assistant: new Int16Array(MINUTE) };
  const [least, most] = PAUSE_SECONDS;
  const speak = (speaker: keyof Speech, at: number): number => {
    const utterance = random.pick(speech[speaker]);
    minute[speaker].set(utterance.subarray(0, Math.max(0, MINUTE - at)), Math.min(at, MINUTE));
    return at + utterance.length + Math.round((least + random.next() * (most - least)) * LINE_RATE);
  };
  if (isSilent) return Object.values(minute);
  if (isSimultaneous)
    for (const speaker of ['customer', 'assistant'] as const)
      for (let at = 0; at < MINUTE;) at = speak(speaker, at) - PAUSE_SECONDS[0] * LINE_RATE;
  else
    for (let at = 0, turn = 0; at < MINUTE; turn++) at = speak(turn % 2 === 0 ? 'assistant' : 'customer', at);
  return Object.values(minute);
}

/** Adds the noise, and encodes and decodes the samples as a telephone line and the daemon do. */
function asRecorded(samples: Int16Array, random: Random, noise: number): Int16Array {
  const noisy = samples.map((sample) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample + (random.next() * 2 - 1) * noise))),
  );
  return resample(decodeMulaw(encodeMulaw(noisy)), LINE_RATE, FORMAT.sampleRate);
}

function resample(samples: Int16Array, fromRate: number, toRate: number): Int16Array {
  const resampler = createResampler(fromRate, toRate);
  const resampled = new Int16Array(Math.floor((samples.length * toRate) / fromRate));
  const first = resampler.push(samples);
  resampled.set(first.subarray(0, resampled.length));
  resampled.set(resampler.rest().subarray(0, resampled.length - first.length), first.length);
  return resampled;
}
