/**
 * Artificial speech for tests of transcribers. A word is a run of samples with one value, so a fake service can recognise
 * which words the audio contains, where, and whether each is complete. The audio must be 16-bit PCM that has not been
 * resampled or compressed.
 */
import { decodePcm16le } from '@sidetone/core';

/** Duration of every word. */
export const WORD_MS = 240;

/** The number of a word, from 1, and its position in ms. */
export type SpokenWord = readonly [word: number, atMs: number];

/** Returns the text of a word. */
export const textOfWord = (word: number): string => `word-${word}`;

/** The longest silence that is recognised as a whole. */
const SILENCE = new Uint8Array(1 << 16);

/** Returns whether all bytes are zero. Most audio of a test is silence, and comparing memory is much faster than a loop. */
const isSilence = (bytes: Uint8Array): boolean =>
  bytes.length <= SILENCE.length && Buffer.compare(bytes, SILENCE.subarray(0, bytes.length)) === 0;

/** Returns the audio of a range of time that contains the words, as 16-bit little-endian PCM. Silence is shared and must not be changed. */
export function encodeWords(
  words: readonly SpokenWord[],
  fromMs: number,
  durationMs: number,
  sampleRate: number,
): Uint8Array {
  const spoken = words.filter(([, atMs]) => atMs < fromMs + durationMs && atMs + WORD_MS > fromMs);
  const length = Math.floor((sampleRate * durationMs) / 1000);
  if (spoken.length === 0 && 2 * length <= SILENCE.length) return SILENCE.subarray(0, 2 * length);
  const samples = new Int16Array(length);
  const sampleAt = (ms: number): number => ((ms - fromMs) * sampleRate) / 1000;
  for (const [word, atMs] of spoken) {
    samples.fill(word, Math.max(0, sampleAt(atMs)), Math.max(0, sampleAt(atMs + WORD_MS)));
  }
  return new Uint8Array(samples.buffer);
}

/** A recognised word. Positions are in seconds of the audio that the recogniser has received. */
export interface RecognisedWord {
  /** The text of the word, with the prefix `part-of-` if it is incomplete. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Recognises the words in one channel of audio. */
export interface WordRecogniser {
  /** Adds audio of one channel, as 16-bit little-endian PCM. */
  push(bytes: Uint8Array): void;
  /** Duration of the audio so far. */
  readonly seconds: number;
  /** All words so far. The last one may not be complete yet. */
  readonly words: readonly RecognisedWord[];
}

interface Run {
  readonly value: number;
  readonly start: number;
  end: number;
}

/** Creates a recogniser without audio. `sampleRate` is in Hz. */
export function createWordRecogniser(sampleRate: number): WordRecogniser {
  const runs: Run[] = [];
  const words: RecognisedWord[] = [];
  let samples = 0;

  /** Adds `count` samples of one value. */
  function add(value: number, count: number): void {
    const start = samples;
    samples += count;
    if (value === 0) return;
    const last = runs.at(-1);
    if (last?.value === value && last.end === start) last.end = samples;
    else runs.push({ value, start, end: samples });
  }

  const wordOf = ({ value, start, end }: Run): RecognisedWord => ({
    text: end - start === (WORD_MS * sampleRate) / 1000 ? textOfWord(value) : `part-of-${textOfWord(value)}`,
    start: start / sampleRate,
    end: end / sampleRate,
  });

  return {
    push(bytes) {
      if (isSilence(bytes)) return add(0, Math.floor(bytes.length / 2));
      const values = decodePcm16le(bytes);
      for (let from = 0, to = 0; from < values.length; from = to) {
        const value = values[from]!;
        while (to < values.length && values[to] === value) to++;
        add(value, to - from);
      }
    },
    get seconds() {
      return samples / sampleRate;
    },
    get words() {
      // Of the known words, only the last one can have grown.
      for (let i = Math.max(0, words.length - 1); i < runs.length; i++) words[i] = wordOf(runs[i]!);
      return words.slice();
    },
  };
}

/** Splits interleaved 16-bit samples into the bytes of each channel. */
export function splitChannels(bytes: Uint8Array, channels: number): readonly Uint8Array[] {
  if (isSilence(bytes)) {
    const length = Math.floor(bytes.length / 2 / channels) * 2;
    return Array.from({ length: channels }, () => new Uint8Array(length));
  }
  const samples = decodePcm16le(bytes);
  return Array.from({ length: channels }, (_, channel) => {
    const own = new Int16Array(Math.floor(samples.length / channels));
    for (let frame = 0; frame < own.length; frame++) own[frame] = samples[frame * channels + channel]!;
    return new Uint8Array(own.buffer);
  });
}
