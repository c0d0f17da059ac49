/**
 * Merges the transcript in a provider's report with the transcript that was received live. A report may join, split or spell
 * utterances differently, so their words are aligned instead of comparing texts: an utterance is missing if most of its
 * words have no counterpart in the known transcript. Pure.
 */
import type { Party } from '../vocabulary.ts';
import { alignWords } from './alignment.ts';
import { createSplitter } from './words.ts';

type Split = ReturnType<typeof createSplitter>;

/** A text and the party that said it. */
export interface SpokenText {
  readonly party: Party;
  readonly text: string;
}

/** The share of an utterance's words that must be known for the utterance to count as known. */
export const MIN_KNOWN_SHARE = 0.6;
/** The share of a number's digits that must be known for the number to count as known. */
const MIN_KNOWN_DIGITS = 0.8;

/** Returns the utterances of `reported` that are not in `known`, in their order. */
export function missingUtterances<Reported extends SpokenText>(
  known: readonly SpokenText[],
  reported: readonly Reported[],
): readonly Reported[] {
  const missing = new Set<Reported>();
  for (const party of new Set(reported.map((utterance) => utterance.party))) {
    // The text of an unknown speaker may be known of any.
    const knownTexts = known.filter((utterance) => utterance.party === party || party === 'UNKNOWN');
    const ofParty = reported.filter((utterance) => utterance.party === party);
    if (knownTexts.length === 0) {
      for (const utterance of ofParty) if (utterance.text.trim() !== '') missing.add(utterance);
      continue;
    }
    const split = createSplitter(knownTexts, ofParty);
    const knownWords = knownTexts.map(({ text }) => split(text));
    const candidates = unmatched(knownWords.flat(), ofParty, split);
    for (const utterance of withoutRepeats(knownWords, ofParty, candidates, split)) missing.add(utterance);
  }
  return reported.filter((utterance) => missing.has(utterance));
}

/** Returns the utterances that have too few words in `known`. */
function unmatched<Reported extends SpokenText>(
  known: readonly string[],
  reported: readonly Reported[],
  split: Split,
): Reported[] {
  const words = reported.map(({ text }) => split(text));
  const matches = alignWords(known, words.flat());
  let from = 0;
  return reported.filter((_utterance, i) => {
    const count = words[i]!.length;
    const share = knownShare(words[i]!, matches.slice(from, (from += count)));
    return count > 0 && share < MIN_KNOWN_SHARE;
  });
}

/**
 * Returns the share of words that are matched. The digits of a number count only if most of them are: two telephone numbers share some
 * by chance.
 */
function knownShare(words: readonly string[], matches: readonly number[]): number {
  let known = 0;
  for (let from = 0, to; from < words.length; from = to) {
    to = from + 1;
    if (isDigit(words[from]!)) while (to < words.length && isDigit(words[to]!)) to++;
    const matched = matches.slice(from, to).filter((match) => match >= 0).length;
    known += matched >= MIN_KNOWN_DIGITS * (to - from) ? matched : 0;
  }
  return known / words.length;
}

const isDigit = (word: string): boolean => /^\d$/.test(word);

/** Limits repeated utterances: of equal ones, only as many are missing as were reported more often than known. */
function withoutRepeats<Reported extends SpokenText>(
  known: readonly (readonly string[])[],
  reported: readonly Reported[],
  candidates: readonly Reported[],
  split: Split,
): readonly Reported[] {
  const balance = new Map<string, number>();
  const count = (words: readonly string[], step: number): void => {
    const key = words.join(' ');
    balance.set(key, (balance.get(key) ?? 0) + step);
  };
  for (const { text } of reported) count(split(text), 1);
  for (const words of known) count(words, -1);
  return candidates.filter(({ text }) => {
    const words = split(text);
    const isMissing = balance.get(words.join(' '))! > 0;
    count(words, -1);
    return isMissing;
  });
}
