/**
 * Merges the transcript in a provider's report with the transcript that was received live. A report may join, split or spell
 * utterances differently, so their words are aligned instead of comparing texts: an utterance is missing if most of its
 * words have no counterpart in the known transcript. Pure.
 */
import { normalizeUnicode } from './normalize.ts';
import type { Party } from './vocabulary.ts';

/** A text and the party that said it. */
export interface SpokenText {
  readonly party: Party;
  readonly text: string;
}

/** The share of an utterance's words that must be known for the utterance to count as known. */
const MIN_KNOWN_SHARE = 0.6;
/** The largest edit distance of two transcripts. Above it, words are compared without their order. */
const MAX_EDITS = 2000;

/** A word, or one character of a script that is written without spaces. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]|[\p{L}\p{N}\p{M}]+/gu;

/** Characters that NFKC turns into phrases of up to 18 characters. */
const PHRASE_LIGATURES = /[\uFDFA\uFDFB]/g;
/** Most characters by which NFKC may lengthen a text before the rest is ignored. */
const MAX_GROWTH = 256;

/** Splits a text into words in lower case and NFKC, without punctuation. A text without words is returned as one word. */
export function splitWords(text: string): readonly string[] {
  const bounded = text.replaceAll(PHRASE_LIGATURES, '\uFDF2');
  const plain = normalizeUnicode(bounded, 'NFKC')
    .slice(0, text.length + MAX_GROWTH)
    .toLowerCase();
  return plain.match(WORD) ?? (plain.trim() === '' ? [] : [plain.trim()]);
}

/** Returns the utterances of `reported` that are not in `known`, in their order. */
export function missingUtterances<Reported extends SpokenText>(
  known: readonly SpokenText[],
  reported: readonly Reported[],
): readonly Reported[] {
  const missing = new Set<Reported>();
  for (const party of new Set(reported.map((utterance) => utterance.party))) {
    // The text of an unknown speaker may be known of any.
    const knownTexts = known.filter((utterance) => utterance.party === party || party === 'UNKNOWN');
    const knownWords = knownTexts.map(({ text }) => splitWords(text));
    const ofParty = reported.filter((utterance) => utterance.party === party);
    const candidates = unmatched(knownWords.flat(), ofParty);
    for (const utterance of withoutRepeats(knownWords, ofParty, candidates)) missing.add(utterance);
  }
  return reported.filter((utterance) => missing.has(utterance));
}

/** Returns the utterances that have too few words in `known`. */
function unmatched<Reported extends SpokenText>(
  known: readonly string[],
  reported: readonly Reported[],
): Reported[] {
  const words = reported.map(({ text }) => splitWords(text));
  const flat = words.flat();
  const matches = matchInOrder(known, flat) ?? matchInAnyOrder(known, flat);
  let from = 0;
  return reported.filter((_utterance, i) => {
    const count = words[i]!.length;
    const share = matches.slice(from, (from += count)).filter(Boolean).length / count;
    return count > 0 && share < MIN_KNOWN_SHARE;
  });
}

/** Limits repeated utterances: of equal ones, only as many are missing as were reported more often than known. */
function withoutRepeats<Reported extends SpokenText>(
  known: readonly (readonly string[])[],
  reported: readonly Reported[],
  candidates: readonly Reported[],
): readonly Reported[] {
  const balance = new Map<string, number>();
  const count = (words: readonly string[], step: number): void => {
    const key = words.join(' ');
    balance.set(key, (balance.get(key) ?? 0) + step);
  };
  for (const { text } of reported) count(splitWords(text), 1);
  for (const words of known) count(words, -1);
  return candidates.filter(({ text }) => {
    const words = splitWords(text);
    const isMissing = balance.get(words.join(' '))! > 0;
    count(words, -1);
    return isMissing;
  });
}

/**
 * Returns for each word of `reported` whether it is matched in `known`, by the shortest edit script: the greedy algorithm of
 * E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986). Returns undefined above {@link MAX_EDITS}.
 */
function matchInOrder(known: readonly string[], reported: readonly string[]): boolean[] | undefined {
  const furthest = new Int32Array(2 * MAX_EDITS + 3);
  const middle = MAX_EDITS + 1;
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= MAX_EDITS; edits++) {
    trace.push(furthest.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let k = isInsertion(furthest, middle, diagonal, edits)
        ? furthest[middle + diagonal + 1]!
        : furthest[middle + diagonal - 1]! + 1;
      let r = k - diagonal;
      while (k < known.length && r < reported.length && known[k] === reported[r]) {
        k++;
        r++;
      }
      furthest[middle + diagonal] = k;
      if (k >= known.length && r >= reported.length) return backtrack(trace, known.length, reported.length);
    }
  }
  return undefined;
}

/** Returns whether the best edit that leads to a diagonal inserts a word of `reported`. */
function isInsertion(furthest: Int32Array, middle: number, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && furthest[middle + diagonal - 1]! < furthest[middle + diagonal + 1]!;
}

/** Follows the edits backwards and marks the words on diagonals, which are in both texts. */
function backtrack(trace: readonly Int32Array[], knownLength: number, reportedLength: number): boolean[] {
  const matches = Array.from({ length: reportedLength }, () => false);
  let [k, r] = [knownLength, reportedLength];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits]!;
    const middle = edits + 1;
    const diagonal = k - r;
    const from = isInsertion(furthest, middle, diagonal, edits) ? diagonal + 1 : diagonal - 1;
    const startK = edits === 0 ? 0 : furthest[middle + from]!;
    const startR = edits === 0 ? 0 : startK - from;
    while (k > startK && r > startR) {
      matches[r - 1] = true;
      k--;
      r--;
    }
    [k, r] = [startK, startR];
  }
  return matches;
}

/** Returns for each word of `reported` whether `known` has an occurrence of it that is not used up. */
function matchInAnyOrder(known: readonly string[], reported: readonly string[]): boolean[] {
  const left = new Map<string, number>();
  for (const word of known) left.set(word, (left.get(word) ?? 0) + 1);
  return reported.map((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count > 0;
  });
}
