// Audio for the recogniser: the recordings at telephone quality, and functions that degrade them.

import { createResampler } from '../../src/audio/resampler.ts';
import { createRandom } from '../../src/random.ts';
import { createPhraseIndex } from '../../src/deepgram/recogniser/phrase-index.ts';
import { createRecogniser } from '../../src/deepgram/recogniser/recogniser.ts';
import { HOP } from '../../src/deepgram/recogniser/signal.ts';
import type { RecognisedWord } from '../../src/deepgram/recogniser/alignment.ts';
import { loadSpeech } from '../../src/speech/library.ts';

export const SPEECH = loadSpeech();
export const PHRASES = createPhraseIndex(SPEECH.recordings);
export const TEXTS = SPEECH.recordings.map(({ text }) => text);

/** Returns a recording at 16 kHz, as it is stored. */
export function wideband(text: string): Int16Array {
  const found = SPEECH.recordings.find((recording) => recording.text === text);
  if (found === undefined) throw new Error(`no recording of "${text}"`);
  return found.samples;
}

/** Returns a recording at 8 kHz. */
export function spoken(text: string): Int16Array {
  return halved(wideband(text));
}

export function halved(samples: Int16Array): Int16Array {
  return createResampler(16_000, 8_000)(joined(samples, new Int16Array(samples.length % 2)));
}

/** Returns silence at 8 kHz. */
export function silence(ms: number): Int16Array {
  return new Int16Array(ms * 8);
}

export function joined(...parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Mixes two parties. */
export function mixed(one: Int16Array, other: Int16Array): Int16Array {
  return Int16Array.from({ length: Math.max(one.length, other.length) }, (_, index) =>
    Math.max(-32_768, Math.min(32_767, (one[index] ?? 0) + (other[index] ?? 0))),
  );
}

export function withNoise(samples: Int16Array, level: number): Int16Array {
  const random = createRandom(1);
  return samples.map((sample) => sample + Math.round((random() - 0.5) * 2 * level));
}

export function attenuated(samples: Int16Array, db: number): Int16Array {
  return samples.map((sample) => sample * 10 ** (-db / 20));
}

export function swapped(samples: Int16Array): Int16Array {
  return samples.map((sample) => ((sample & 0xff) << 8) | ((sample >> 8) & 0xff));
}

/** Splits audio into the steps of the recogniser; an incomplete step is dropped. */
export function steps(samples: Int16Array): Int16Array[] {
  return Array.from({ length: Math.floor(samples.length / HOP) }, (_, index) =>
    samples.slice(index * HOP, (index + 1) * HOP),
  );
}

/** Returns the words that a recogniser finds. */
export function recognise(samples: Int16Array): RecognisedWord[] {
  const recogniser = createRecogniser(PHRASES);
  return steps(samples).flatMap((step) => recogniser.push(step));
}

/** Returns the text that a recogniser finds. */
export function recognisedText(samples: Int16Array): string {
  return recognise(samples)
    .map(({ punctuated }) => punctuated)
    .join(' ');
}
