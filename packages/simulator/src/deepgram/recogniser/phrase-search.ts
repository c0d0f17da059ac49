// Finds the recording in the audio, and the position in it: the fingerprint of the audio is compared with all
// fingerprints, and the most similar ones are compared sample by sample.

import { BANDS, fingerprintOf, MOMENT_STEP, MOMENTS, FINGERPRINT_SAMPLES } from './fingerprint.ts';
import { GRID, MARGIN } from './phrase-index.ts';
import type { Phrase } from './phrase-index.ts';
import { similarity } from './signal.ts';

/** A position in a recording. */
export interface Match {
  readonly phrase: Phrase;
  /** The sample of the recording that corresponds to the first sample of the searched audio. */
  readonly at: number;
  /** The samples of the recording, original or shifted by half a sample, whichever is more similar. */
  readonly samples: Int16Array;
}

/** How many candidates are compared sample by sample. */
const CANDIDATES = 4;
/** How far the exact position can be from the grid. */
const REACH = 56;
/** The stride of the comparison that finds the exact position. */
const STRIDE = 5;
/** The minimum similarity of a match. Two voices at the same time do not reach it. */
const MIN_SIMILARITY = 0.85;

interface Candidate {
  readonly phrase: Phrase;
  readonly at: number;
  readonly score: number;
}

/** Finds the recording in the `PICTURE` samples from `at` on. Returns undefined if there is none. */
export function findMatch(phrases: readonly Phrase[], audio: Int16Array, at: number): Match | undefined {
  let best: Match | undefined;
  let bestScore = MIN_SIMILARITY;
  for (const { phrase, at: near } of findCandidates(phrases, fingerprintOf(audio, at))) {
    const exact = refineOffset(phrase, near, audio, at);
    for (const samples of [phrase.samples, phrase.shifted]) {
      const score = similarity(audio, at, samples, MARGIN + exact, FINGERPRINT_SAMPLES);
      if (score > bestScore) [bestScore, best] = [score, { phrase, at: exact, samples }];
    }
  }
  return best;
}

function findCandidates(phrases: readonly Phrase[], fingerprint: Float32Array): Candidate[] {
  let found: Candidate[] = [];
  for (const phrase of phrases) {
    let before = 0;
    let score = 0;
    for (let position = 0; position <= phrase.fingerprintLengths.length; position += 1) {
      const after = compare(phrase, position, fingerprint);
      // Only local maxima count, or neighbours would fill the list.
      if (score > before && score >= after && score > (found[CANDIDATES - 1]?.score ?? 0)) {
        const candidate = { phrase, at: (position - 1) * GRID, score };
        found = [...found, candidate].toSorted((a, b) => b.score - a.score).slice(0, CANDIDATES);
      }
      before = score;
      score = after;
    }
  }
  return found;
}

function compare(
  { moments, fingerprintLengths }: Phrase,
  position: number,
  fingerprint: Float32Array,
): number {
  const length = fingerprintLengths[position] ?? 0;
  if (length === 0) return 0;
  const step = (MOMENT_STEP / GRID) * BANDS;
  let sum = 0;
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    const at = position * BANDS + moment * step;
    for (let band = 0; band < BANDS; band += 1)
      sum += (moments[at + band] ?? 0) * (fingerprint[moment * BANDS + band] ?? 0);
  }
  return sum / length;
}

/** Returns the position near `at` at which a recording is most similar to the audio. */
function refineOffset({ samples }: Phrase, at: number, audio: Int16Array, audioAt: number): number {
  let exact = at;
  let bestScore = -1;
  for (let candidate = at - REACH; candidate <= at + REACH; candidate += 1) {
    const score = similarity(audio, audioAt, samples, MARGIN + candidate, FINGERPRINT_SAMPLES, STRIDE);
    if (score > bestScore) [bestScore, exact] = [score, candidate];
  }
  return exact;
}
