/**
 * Words for tests of transcribers: a word is a stretch of one sample value, so that a fake service can tell which words are in
 * the audio that it was sent, where they lie, and whether it was sent the whole of each. Only audio that arrives as it was
 * written is understood: of 16-bit samples, neither resampled nor compressed.
 */

/** How long every word is. */
export const WORD_MS = 240;

/** Word number `word`, which is above 0, at a place in ms. */
export type SpokenWord = readonly [word: number, atMs: number];

/** How a word is written. */
export const textOfWord = (word: number): string => `word-${word}`;

/** The 16-bit little-endian samples of a stretch of audio in which these words are said. */
export function sayWords(
  words: readonly SpokenWord[],
  fromMs: number,
  durationMs: number,
  sampleRate: number,
): Uint8Array {
  const samples = new Int16Array((sampleRate * durationMs) / 1000);
  const frameOf = (ms: number): number => ((ms - fromMs) * sampleRate) / 1000;
  for (const [word, atMs] of words) {
    samples.fill(word, Math.max(0, frameOf(atMs)), Math.max(0, frameOf(atMs + WORD_MS)));
  }
  return new Uint8Array(samples.buffer);
}

/** A word that was heard, with its place in seconds of what was heard. */
export interface HeardWord {
  /** As it is written; else, when only a part of it was heard. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What a fake service hears of one channel. */
export interface Ear {
  /** Hears the next samples: 16-bit little-endian, of this channel alone. */
  hear(bytes: Uint8Array): void;
  /** How much was heard. */
  readonly seconds: number;
  /** Every word so far; the last one may still go on. */
  readonly words: readonly HeardWord[];
}

interface Stretch {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** An ear that has heard nothing. */
export function createEar(sampleRate: number): Ear {
  const stretches: Stretch[] = [];
  let frames = 0;

  function take(value: number): void {
    const last = stretches.at(-1);
    if (value !== 0 && last?.value === value && last.end === frames) {
      stretches[stretches.length - 1] = { ...last, end: frames + 1 };
    } else if (value !== 0) {
      stretches.push({ value, start: frames, end: frames + 1 });
    }
    frames++;
  }

  const wordOf = ({ value, start, end }: Stretch): HeardWord => ({
    text: end - start === (WORD_MS * sampleRate) / 1000 ? textOfWord(value) : `part-of-${textOfWord(value)}`,
    start: start / sampleRate,
    end: end / sampleRate,
  });

  return {
    hear(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at + 1 < bytes.byteLength; at += 2) take(view.getInt16(at, true));
    },
    get seconds() {
      return frames / sampleRate;
    },
    get words() {
      return stretches.map(wordOf);
    },
  };
}

/** The bytes of each channel of interleaved 16-bit samples. */
export function channelsOf(bytes: Uint8Array, channels: number): readonly Uint8Array[] {
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
