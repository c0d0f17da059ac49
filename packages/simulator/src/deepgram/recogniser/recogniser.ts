// Recognises the words of recordings in one channel. While the audio follows a recording, each step needs one
// comparison. The index is searched only for unknown sound, and at increasing intervals.

import { createAlignment } from './alignment.ts';
import type { Alignment, RecognisedWord } from './alignment.ts';
import { FINGERPRINT_SAMPLES } from './fingerprint.ts';
import type { Phrase } from './phrase-index.ts';
import { findMatch } from './phrase-search.ts';
import { AUDIBLE_RMS, HOP, hopLoudness } from './signal.ts';
import { createAudioBuffer } from './audio-buffer.ts';

/** The recogniser of one channel. */
interface Recogniser {
  /** Adds a step of `HOP` samples. Returns the words that were recognised, in order. */
  push(step: Int16Array): RecognisedWord[];
}

/** How many steps a fingerprint needs. */
const FINGERPRINT_HOPS = Math.ceil(FINGERPRINT_SAMPLES / HOP);
/** How many of them must be audible; the first one always, because it started before the fingerprint. */
const AUDIBLE_HOPS = 6;
/** The first and the longest interval between two searches, in steps. */
const FIRST_PAUSE = 3;
const LONGEST_PAUSE = 30;
/** How far consecutive words can overlap, in seconds. */
const OVERLAP = 0.04;

/** Creates a recogniser of phrases. */
export function createRecogniser(phrases: readonly Phrase[]): Recogniser {
  const buffer = createAudioBuffer();
  let audible = Array.from({ length: FINGERPRINT_HOPS }, () => false);
  let following: Alignment | undefined;
  let pause = FIRST_PAUSE;
  let wait = 0;
  let reportedUntil = 0;

  /** A word is not replaced, even if another recording sounds the same. */
  const isNew = ({ start, end }: RecognisedWord): boolean =>
    start > reportedUntil - OVERLAP && (start + end) / 2 > reportedUntil;

  const search = (): void => {
    wait -= 1;
    const isSound = audible[0] === true && audible.filter(Boolean).length >= AUDIBLE_HOPS;
    if (wait > 0 || !isSound) return;
    const from = buffer.end - FINGERPRINT_SAMPLES;
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
