// Which recording sounds, and where in it: the picture of what is heard is held against all pictures of all
// recordings, and the few that look most alike are compared sample by sample.

import { BANDS, drawPicture, MOMENT_STEP, MOMENTS, PICTURE } from './fingerprint.ts';
import { GRID, MARGIN } from './phrase-index.ts';
import type { Phrase } from './phrase-index.ts';
import { similarity } from './signal.ts';

/** A place in a recording. */
export interface Match {
  readonly phrase: Phrase;
  /** The sample of the recording that sounds at the first sample that was looked at. */
  readonly at: number;
  /** The recording's samples, as they are or half a sample later, whichever is more like what is heard. */
  readonly samples: Int16Array;
}

/** How many that look alike are compared in full. */
const CANDIDATES = 4;
/** How far beside its place on the grid the samples of a candidate may lie. */
const REACH = 56;
/** Every so many'th sample finds out how far. */
const GLANCE = 5;
/** How alike the samples must be. Two voices at once are not. */
const ALIKE = 0.85;

interface Candidate {
  readonly phrase: Phrase;
  readonly at: number;
  readonly score: number;
}

/** The place that is heard in the `PICTURE` samples from `at` on; undefined when it is none that is known. */
export function findMatch(phrases: readonly Phrase[], audio: Int16Array, at: number): Match | undefined {
  let best: Match | undefined;
  let most = ALIKE;
  for (const { phrase, at: near } of findCandidates(phrases, drawPicture(audio, at))) {
    const exact = refineOffset(phrase, near, audio, at);
    for (const samples of [phrase.samples, phrase.between]) {
      const alike = similarity(audio, at, samples, MARGIN + exact, PICTURE);
      if (alike > most) [most, best] = [alike, { phrase, at: exact, samples }];
    }
  }
  return best;
}

function findCandidates(phrases: readonly Phrase[], picture: Float32Array): Candidate[] {
  let found: Candidate[] = [];
  for (const phrase of phrases) {
    let before = 0;
    let score = 0;
    for (let place = 0; place <= phrase.pictureLengths.length; place += 1) {
      const after = compare(phrase, place, picture);
      // Only the best of neighbours counts, or they would take all the room.
      if (score > before && score >= after && score > (found[CANDIDATES - 1]?.score ?? 0)) {
        const candidate = { phrase, at: (place - 1) * GRID, score };
        found = [...found, candidate].toSorted((a, b) => b.score - a.score).slice(0, CANDIDATES);
      }
      before = score;
      score = after;
    }
  }
  return found;
}

function compare({ moments, pictureLengths }: Phrase, place: number, picture: Float32Array): number {
  const length = pictureLengths[place] ?? 0;
  if (length === 0) return 0;
  const step = (MOMENT_STEP / GRID) * BANDS;
  let sum = 0;
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    const at = place * BANDS + moment * step;
    for (let band = 0; band < BANDS; band += 1)
      sum += (moments[at + band] ?? 0) * (picture[moment * BANDS + band] ?? 0);
  }
  return sum / length;
}

/** The sample near `at` at which a recording is most like what is heard. */
function refineOffset({ samples }: Phrase, at: number, audio: Int16Array, audioAt: number): number {
  let exact = at;
  let most = -1;
  for (let tried = at - REACH; tried <= at + REACH; tried += 1) {
    const alike = similarity(audio, audioAt, samples, MARGIN + tried, PICTURE, GLANCE);
    if (alike > most) [most, exact] = [alike, tried];
  }
  return exact;
}
