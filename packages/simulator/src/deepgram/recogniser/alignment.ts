// Aligns the audio with a recording. Each step is compared with the recording; a word is recognised if most of it
// matches. Lost, overlapping or cut-off words are not recognised.

import { MARGIN } from './phrase-index.ts';
import type { Match } from './phrase-search.ts';
import { AUDIBLE_RMS, HOP, hopLoudness, RECOGNISER_SAMPLE_RATE, similarity } from './signal.ts';
import type { AudioBuffer } from './audio-buffer.ts';
import type { TimedWord } from './word-times.ts';

/** A recognised word. Times are seconds of audio. */
export interface RecognisedWord {
  readonly word: string;
  readonly punctuated: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
}

/** A recording aligned with the audio. */
export interface Alignment {
  /** Compares the new audio. Returns the words that were recognised in it, each once. */
  follow(buffer: AudioBuffer): RecognisedWord[];
  /** Whether the recording has ended or does not match any more. */
  readonly over: boolean;
}

/** The similarity from which a step matches. */
const MATCH = 0.8;
/** The share of a word that must match; louder steps have more weight. */
const MIN_WORD_SHARE = 0.75;
/** Softer steps do not count towards a word. */
const SOFT_RMS = 400;
/** After this many consecutive mismatches, the recording has stopped. */
const MAX_MISSES = 3;
/** Audio that is softer than the recording by this factor is silence, even with noise. */
const SILENCE_FACTOR = 0.08;
/** How many steps must match before words are returned. */
const MIN_MATCHES = 15;

/** Aligns the audio from the sample of a match. The audio before it can be anything else. */
export function createAlignment({ phrase, at, samples }: Match, foundAt: number): Alignment {
  /** The sample of the audio at which the recording starts; it can be negative. */
  const offset = foundAt - at;
  const similarities = new Float32Array(phrase.hops);
  let hop = 0;
  let word = 0;
  let missed = 0;
  let matched = 0;
  let loudest = 0;
  let isConfirmed = false;
  let doubts = 0;

  const compareStep = (buffer: AudioBuffer): void => {
    // Audio that is not buffered counts as silence.
    const from = offset + hop * HOP;
    const score = similarity(samples, MARGIN + hop * HOP, buffer.samples, buffer.at(from), HOP);
    const loudness = hopLoudness(buffer.samples, buffer.at(from));
    similarities[hop] = score;
    if (score >= MATCH) {
      missed = 0;
      loudest = Math.max(loudest, loudness);
      if (from >= foundAt) matched += 1;
    } else if (from >= foundAt && !isNegligible(hop, loudness)) missed += 1;
    hop += 1;
  };

  // Noise does not have to match.
  const isNegligible = (at: number, loudness: number): boolean => {
    const own = phrase.loudness[at] ?? 0;
    return own < SOFT_RMS && loudness < SOFT_RMS;
  };

  const recogniseWord = ({ word: text, punctuated, from, to }: TimedWord): RecognisedWord[] => {
    let whole = 0;
    let recognised = 0;
    let score = 0;
    for (let at = from; at < to; at += 1) {
      const weight = phrase.loudness[at] ?? 0;
      const share = similarities[at] ?? 0;
      whole += weight;
      if (share < MATCH) continue;
      recognised += weight;
      score += weight * share;
    }
    if (whole === 0 || recognised / whole < MIN_WORD_SHARE) return [];
    const seconds = (at: number): number => Math.max(0, offset + at * HOP) / RECOGNISER_SAMPLE_RATE;
    return [
      { word: text, punctuated, start: seconds(from), end: seconds(to), confidence: score / recognised },
    ];
  };

  const isOver = (): boolean => hop >= phrase.hops || missed >= MAX_MISSES;

  /**
   * A short part of one recording can sound like a part of another. Words are returned only if the match continues, or
   * if silence follows it at the end of the recording.
   */
  const confirm = (buffer: AudioBuffer): void => {
    if (isConfirmed) return;
    const silence = Math.max(AUDIBLE_RMS, loudest * SILENCE_FACTOR);
    const isSilent = hopLoudness(buffer.samples, buffer.at(buffer.end - HOP)) < silence;
    if (isOver()) doubts += 1;
    isConfirmed = isOver() ? isSilent : matched >= MIN_MATCHES;
  };

  return {
    get over() {
      return isOver() && (isConfirmed || doubts > MAX_MISSES);
    },
    follow(buffer) {
      while (!isOver() && offset + (hop + 1) * HOP <= buffer.end) compareStep(buffer);
      confirm(buffer);
      const words: RecognisedWord[] = [];
      if (!isConfirmed) return words;
      for (let next = phrase.words[word]; next !== undefined && next.to <= hop; next = phrase.words[word]) {
        words.push(...recogniseWord(next));
        word += 1;
      }
      return words;
    },
  };
}
