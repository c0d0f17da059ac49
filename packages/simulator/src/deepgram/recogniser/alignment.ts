// A recording that is being heard, and from where in the audio. Each of its steps is compared with what was heard in
// its place; a word counts as spoken when most of it was. What was lost, spoken over or cut off is not.

import { MARGIN } from './phrase-index.ts';
import type { Match } from './phrase-search.ts';
import { AUDIBLE_RMS, HOP, hopLoudness, RECOGNISER_SAMPLE_RATE, similarity } from './signal.ts';
import type { AudioBuffer } from './audio-buffer.ts';
import type { TimedWord } from './word-times.ts';

/** A word that was heard. Times are seconds of audio. */
export interface RecognisedWord {
  readonly word: string;
  readonly punctuated: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
}

/** A recording, laid over the audio. */
export interface Alignment {
  /** The words that can be told from the audio so far, each once. */
  follow(buffer: AudioBuffer): RecognisedWord[];
  /** Whether there is nothing more to follow: the recording is over, or is not heard any more. */
  readonly over: boolean;
}

/** How alike a step must be to have been heard. */
const HEARD = 0.8;
/** Which share of a word must have been heard; what is loud counts for more. */
const SHARE = 0.75;
/** What is softer is no part of a word that could be missed. */
const SOFT_RMS = 400;
/** After so many steps in a row that are not heard the recording has been left. */
const PATIENCE = 3;
/** Sound that is this much softer than the recording was is silence, even if there is hiss. */
const SILENCE = 0.08;
/** The steps that must be heard until it is certain what is heard. */
const PROOF = 15;

/** Follows the recording that was found at a sample of the audio. What is before that sample may be anything else. */
export function createAlignment({ phrase, at, samples }: Match, foundAt: number): Alignment {
  /** Where the recording begins; that may be before the audio itself. */
  const offset = foundAt - at;
  const heard = new Float32Array(phrase.hops);
  let hop = 0;
  let word = 0;
  let missed = 0;
  let evidence = 0;
  let loudest = 0;
  let isBelieved = false;
  let doubts = 0;

  const listen = (buffer: AudioBuffer): void => {
    // What is not on the tape counts as silence.
    const from = offset + hop * HOP;
    const alike = similarity(samples, MARGIN + hop * HOP, buffer.samples, buffer.at(from), HOP);
    const loudness = hopLoudness(buffer.samples, buffer.at(from));
    heard[hop] = alike;
    if (alike >= HEARD) {
      missed = 0;
      loudest = Math.max(loudest, loudness);
      if (from >= foundAt) evidence += 1;
    } else if (from >= foundAt && !isNegligible(hop, loudness)) missed += 1;
    hop += 1;
  };

  /** Hiss need not be alike. */
  const isNegligible = (at: number, loudness: number): boolean => {
    const own = phrase.loudness[at] ?? 0;
    return own < SOFT_RMS && loudness < SOFT_RMS;
  };

  const judge = ({ word: text, punctuated, from, to }: TimedWord): RecognisedWord[] => {
    let whole = 0;
    let recognised = 0;
    let alike = 0;
    for (let at = from; at < to; at += 1) {
      const weight = phrase.loudness[at] ?? 0;
      const share = heard[at] ?? 0;
      whole += weight;
      if (share < HEARD) continue;
      recognised += weight;
      alike += weight * share;
    }
    if (whole === 0 || recognised / whole < SHARE) return [];
    const seconds = (at: number): number => Math.max(0, offset + at * HOP) / RECOGNISER_SAMPLE_RATE;
    return [
      { word: text, punctuated, start: seconds(from), end: seconds(to), confidence: alike / recognised },
    ];
  };

  const isOver = (): boolean => hop >= phrase.hops || missed >= PATIENCE;

  /**
   * A short while of one recording may sound like a part of another. So only what goes on is believed, or what falls
   * silent at its end; what goes on as something else was never heard.
   */
  const weigh = (tape: AudioBuffer): void => {
    if (isBelieved) return;
    const silence = Math.max(AUDIBLE_RMS, loudest * SILENCE);
    const isSilent = hopLoudness(tape.samples, tape.at(tape.end - HOP)) < silence;
    if (isOver()) doubts += 1;
    isBelieved = isOver() ? isSilent : evidence >= PROOF;
  };

  return {
    get over() {
      return isOver() && (isBelieved || doubts > PATIENCE);
    },
    follow(tape) {
      while (!isOver() && offset + (hop + 1) * HOP <= tape.end) listen(tape);
      weigh(tape);
      const words: RecognisedWord[] = [];
      if (!isBelieved) return words;
      for (let next = phrase.words[word]; next !== undefined && next.to <= hop; next = phrase.words[word]) {
        words.push(...judge(next));
        word += 1;
      }
      return words;
    },
  };
}
