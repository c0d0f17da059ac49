// Listens to one channel and tells the words of the recordings that are heard in it. While a recording is followed
// each step costs one comparison; only where something unknown sounds is the book searched, and ever more seldom
// while it is not found.

import { createAlignment } from './alignment.ts';
import type { Alignment, RecognisedWord } from './alignment.ts';
import { PICTURE } from './fingerprint.ts';
import type { Phrase } from './phrase-index.ts';
import { findMatch } from './phrase-search.ts';
import { AUDIBLE_RMS, HOP, hopLoudness } from './signal.ts';
import { createAudioBuffer } from './audio-buffer.ts';

/** What listens to one channel. */
export interface Recogniser {
  /** The words that can be told after one more step of `HOP` samples, in order. */
  push(step: Int16Array): RecognisedWord[];
}

/** How many steps a picture needs. */
const PICTURE_HOPS = Math.ceil(PICTURE / HOP);
/** How many of them must be audible, and the first one in any case: it began to sound before the picture. */
const AUDIBLE_HOPS = 6;
/** The steps between two searches, at first and at most. */
const FIRST_PAUSE = 3;
const LONGEST_PAUSE = 30;
/** How far words may reach into each other, in seconds. */
const OVERLAP = 0.04;

/** Listens for the recordings of a book. */
export function createRecogniser(phrases: readonly Phrase[]): Recogniser {
  const buffer = createAudioBuffer();
  let audible = Array.from({ length: PICTURE_HOPS }, () => false);
  let following: Alignment | undefined;
  let pause = FIRST_PAUSE;
  let wait = 0;
  let reportedUntil = 0;

  /** What was told stays told, also where another recording sounds the same. */
  const isNew = ({ start, end }: RecognisedWord): boolean =>
    start > reportedUntil - OVERLAP && (start + end) / 2 > reportedUntil;

  const search = (): void => {
    wait -= 1;
    const isSound = audible[0] === true && audible.filter(Boolean).length >= AUDIBLE_HOPS;
    if (wait > 0 || !isSound) return;
    const from = buffer.end - PICTURE;
    const match = findMatch(phrases, buffer.samples, buffer.at(from));
    if (match !== undefined) {
      following = createAlignment(match, from);
      pause = FIRST_PAUSE;
      return;
    }
    wait = pause;
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };

  return {
    push(step) {
      buffer.push(step);
      audible = [...audible.slice(1), hopLoudness(step, 0) >= AUDIBLE_RMS];
      if (!audible.includes(true)) [wait, pause] = [0, FIRST_PAUSE];
      if (following === undefined) search();
      const words = (following?.follow(buffer) ?? []).filter(isNew);
      reportedUntil = words.at(-1)?.end ?? reportedUntil;
      if (following?.over === true) following = undefined;
      return words;
    },
  };
}
