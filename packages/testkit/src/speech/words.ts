/**
 * Artificial speech for tests of transcribers. A word is a run of samples with one value, so a fake service can recognise
 * which words the audio contains, where, and whether each is complete. The audio must be 16-bit PCM that has not been
 * resampled or compressed.
 */

/** Duration of every word. */
export const WORD_MS = 240;

/** The number of a word, from 1, and its position in ms. */
export type SpokenWord = readonly [word: number, atMs: number];

/** Returns the text of a word. */
export const textOfWord = (word: number): string => `word-${word}`;

/** Returns the audio of a range of time that contains the words, as 16-bit little-endian PCM. */
export function encodeWords(
  words: readonly SpokenWord[],
  fromMs: number,
  durationMs: number,
  sampleRate: number,
): Uint8Array {
  const samples = new Int16Array((sampleRate * durationMs) / 1000);
  const sampleAt = (ms: number): number => ((ms - fromMs) * sampleRate) / 1000;
  for (const [word, atMs] of words) {
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
  readonly end: number;
}

/** Creates a recogniser without audio. `sampleRate` is in Hz. */
export function createWordRecogniser(sampleRate: number): WordRecogniser {
  const runs: Run[] = [];
  let samples = 0;

  function add(value: number): void {
    const last = runs.at(-1);
    if (value !== 0 && last?.value === value && last.end === samples) {
      runs[runs.length - 1] = { ...last, end: samples + 1 };
    } else if (value !== 0) {
      runs.push({ value, start: samples, end: samples + 1 });
    }
    samples++;
  }

  const wordOf = ({ value, start, end }: Run): RecognisedWord => ({
    text: end - start === (WORD_MS * sampleRate) / 1000 ? textOfWord(value) : `part-of-${textOfWord(value)}`,
    start: start / sampleRate,
    end: end / sampleRate,
  });

  return {
    push(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at + 1 < bytes.byteLength; at += 2) add(view.getInt16(at, true));
    },
    get seconds() {
      return samples / sampleRate;
    },
    get words() {
      return runs.map(wordOf);
    },
  };
}

/** Splits interleaved 16-bit samples into the bytes of each channel. */
export function splitChannels(bytes: Uint8Array, channels: number): readonly Uint8Array[] {
  const frames = Math.floor(bytes.byteLength / (2 * channels));
  return Array.from({ length: channels }, (_, channel) => {
    const own = new Uint8Array(frames * 2);
    for (let frame = 0; frame < frames; frame++) {
      const at = (frame * channels + channel) * 2;
      own[frame * 2] = bytes[at]!;
      own[frame * 2 + 1] = bytes[at + 1]!;
    }
    return own;
  });
}
