// When the words of a recording are spoken. Nobody has marked them, so they are laid over the recording by what can
// be known: a long word takes longer, nobody speaks in a pause, and most pauses stand between two words.

import { AUDIBLE_RMS, HOP, hopLoudness } from './signal.ts';

/** A word of a recording, from one step to the step after its last. */
export interface TimedWord {
  /** In lower case, without punctuation. */
  readonly word: string;
  /** As it is written. */
  readonly punctuated: string;
  readonly from: number;
  readonly to: number;
}

/** The shortest silence between two words; within one they are shorter. */
const PAUSE_HOPS = 4;
/** How far from where it was expected the end of a word may be moved into a pause. */
const REACH_HOPS = 12;
/** What every word takes beside its letters, in letters. */
const EVERY_WORD = 1.5;

interface Pause {
  readonly from: number;
  readonly to: number;
}

/** Lays the words of a text over the samples in which it is spoken. Alike texts and samples give alike times. */
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

/** A word without its punctuation, in lower case; apostrophes in the middle stay. */
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

/** Where so much speech has passed, counting the pauses before it. */
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
