/**
 * What a report tells that nobody heard live. A report may put several utterances together, cut them elsewhere or spell
 * them in another way, so words are compared, not texts: an utterance is missing when most of its words have no place
 * in what was heard. Pure.
 */
import type { Party } from './vocabulary.ts';

export interface Words {
  readonly party: Party;
  readonly text: string;
}

/** The share of an utterance's words that must have been heard for it to count as heard. */
const ENOUGH = 0.6;
/** The most words by which the two may differ. Beyond it, words are compared without their order. */
const MAX_EDITS = 2000;

/** A word, or one sign of a script that puts no blanks between words. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]|[\p{L}\p{N}\p{M}]+/gu;

/** The words of a text, without case, accents' composition or punctuation; the text itself where it has none. */
export function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKC').toLowerCase();
  return plain.match(WORD) ?? (plain.trim() === '' ? [] : [plain.trim()]);
}

/** Those of `reported` that were not heard, in their order. */
export function missingWords<Reported extends Words>(
  heard: readonly Words[],
  reported: readonly Reported[],
): readonly Reported[] {
  const missing = new Set<Reported>();
  for (const party of new Set(reported.map((words) => words.party))) {
    const known = heard.filter((words) => words.party === party).map(({ text }) => wordsOf(text));
    const told = reported.filter((words) => words.party === party);
    const candidates = missingOf(known.flat(), told);
    for (const words of withoutRepeats(known, told, candidates)) missing.add(words);
  }
  return reported.filter((words) => missing.has(words));
}

function missingOf<Reported extends Words>(known: readonly string[], told: readonly Reported[]): Reported[] {
  const words = told.map(({ text }) => wordsOf(text));
  const flat = words.flat();
  const found = inOrder(known, flat) ?? inAnyOrder(known, flat);
  let from = 0;
  return told.filter((_utterance, i) => {
    const count = words[i]!.length;
    const share = found.slice(from, (from += count)).filter(Boolean).length / count;
    return count > 0 && share < ENOUGH;
  });
}

/** Which of two equal utterances was heard cannot be told: of each, only as many are missing as were heard too few. */
function withoutRepeats<Reported extends Words>(
  known: readonly (readonly string[])[],
  told: readonly Reported[],
  candidates: readonly Reported[],
): readonly Reported[] {
  const balance = new Map<string, number>();
  const count = (words: readonly string[], step: number): void => {
    const key = words.join(' ');
    balance.set(key, (balance.get(key) ?? 0) + step);
  };
  for (const { text } of told) count(wordsOf(text), 1);
  for (const words of known) count(words, -1);
  return candidates.filter(({ text }) => {
    const words = wordsOf(text);
    const isMissing = balance.get(words.join(' '))! > 0;
    count(words, -1);
    return isMissing;
  });
}

/**
 * For each word of `told`, whether it has its place in `known`: the shortest edit of one into the other, by the greedy
 * algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). Nothing when it takes too many edits.
 */
function inOrder(known: readonly string[], told: readonly string[]): boolean[] | undefined {
  const furthest = new Int32Array(2 * MAX_EDITS + 3);
  const middle = MAX_EDITS + 1;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= MAX_EDITS; edits++) {
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let k = isDown(furthest, middle, diagonal, edits)
        ? furthest[middle + diagonal + 1]!
        : furthest[middle + diagonal - 1]! + 1;
      let t = k - diagonal;
      while (k < known.length && t < told.length && known[k] === told[t]) {
        k++;
        t++;
      }
      furthest[middle + diagonal] = k;
      if (k >= known.length && t >= told.length) return matchesIn(trace, known.length, told.length);
    }
  }
  return undefined;
}

/** Whether the best way onto a diagonal is by a word of `told` that `known` does not have. */
function isDown(furthest: Int32Array, middle: number, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && furthest[middle + diagonal - 1]! < furthest[middle + diagonal + 1]!;
}

/** Walks the edits back: what lies on a diagonal is in both. */
function matchesIn(trace: readonly Int32Array[], knownLength: number, toldLength: number): boolean[] {
  const found = Array.from({ length: toldLength }, () => false);
  let [k, t] = [knownLength, toldLength];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits]!;
    const middle = edits + 1;
    const diagonal = k - t;
    const from = isDown(furthest, middle, diagonal, edits) ? diagonal + 1 : diagonal - 1;
    const startK = edits === 0 ? 0 : furthest[middle + from]!;
    const startT = edits === 0 ? 0 : startK - from;
    while (k > startK && t > startT) {
      found[t - 1] = true;
      k--;
      t--;
    }
    [k, t] = [startK, startT];
  }
  return found;
}

/** For each word of `told`, whether `known` has one of it left. */
function inAnyOrder(known: readonly string[], told: readonly string[]): boolean[] {
  const left = new Map<string, number>();
  for (const word of known) left.set(word, (left.get(word) ?? 0) + 1);
  return told.map((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  });
}
