// Estimates when the words of a recording are spoken: longer words take longer, pauses contain no words, and most pauses
// are between two words.

import { AUDIBLE_RMS, HOP, hopLoudness } from './signal.ts';

/** A word of a recording, from one step to the step after its last. */
export interface TimedWord {
  /** In lower case, without punctuation. */
  readonly word: string;
  /** As written. */
  readonly punctuated: string;
  readonly from: number;
  readonly to: number;
}

/** The shortest silence between two words; shorter ones are within a word. */
const PAUSE_HOPS = 4;
/** How far the estimated end of a word can be moved to a pause. */
const REACH_HOPS = 12;
/** The constant part of a word's duration, in letters. */
const EVERY_WORD = 1.5;

interface Pause {
  readonly from: number;
  readonly to: number;
}

/** Estimates the times of the words of a text in its samples. The result is deterministic. */
export function estimateWordTimes(text: string, samples: Int16Array): TimedWord[] {
  const spoken = text.split(/\s+/).flatMap((punctuated) => {
    const word = withoutPunctuation(punctuated);
    return word === '' ? [] : [{ word, punctuated }];
  });
  const hops = Math.ceil(samples.length / HOP);
  const pauses = findPauses(samples, hops);
  const weights = spoken.map(({ word }) => word.length + EVERY_WORD);
  const voiced = hops - pauses.reduce((sum, { from, to }) => sum + to - from, 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);

  let spokenWeight = 0;
  let from = 0;
  return spoken.map((word, index) => {
    spokenWeight += weights[index] ?? 0;
    const isLast = index === spoken.length - 1;
    const expected = skipPauses((spokenWeight / total) * voiced, pauses);
    const pause = nearestPause(expected, pauses, from);
    const to = isLast ? hops : (pause?.from ?? Math.min(hops, Math.max(from + 1, Math.round(expected))));
    const placed = { ...word, from, to };
    from = isLast ? to : (pause?.to ?? to);
    return placed;
  });
}

/** Returns a word in lower case without punctuation; apostrophes within it stay. */
export function withoutPunctuation(word: string): string {
  return word
    .toLowerCase()
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .replace(/[^\p{L}\p{N}]+$/u, '');
}

function findPauses(samples: Int16Array, hops: number): Pause[] {
  const pauses: Pause[] = [];
  let from: number | undefined;
  for (let hop = 0; hop <= hops; hop += 1) {
    const isSilent = hop < hops && hopLoudness(samples, hop * HOP) < AUDIBLE_RMS;
    if (isSilent) {
      from ??= hop;
      continue;
    }
    if (from !== undefined && hop - from >= PAUSE_HOPS) pauses.push({ from, to: hop });
    from = undefined;
  }
  return pauses;
}

/** Returns the position of an amount of speech, including the pauses before it. */
function skipPauses(speech: number, pauses: readonly Pause[]): number {
  let at = speech;
  for (const { from, to } of pauses) if (from < at) at += to - from;
  return at;
}

function nearestPause(expected: number, pauses: readonly Pause[], after: number): Pause | undefined {
  const away = ({ from, to }: Pause): number => Math.max(from - expected, expected - to, 0);
  const [nearest] = pauses
    .filter((pause) => pause.from > after && away(pause) <= REACH_HOPS)
    .toSorted((a, b) => away(a) - away(b));
  return nearest;
}
