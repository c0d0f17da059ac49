/**
 * Adds the positions in a report to utterances that were received live without them, if the report confirms their words. Pure.
 */
import type { Utterance } from '../fact.ts';
import type { ReportedUtterance } from '../provider-event.ts';
import { alignWords } from './alignment.ts';
import { MIN_KNOWN_SHARE } from './merge.ts';
import { createSplitter } from './words.ts';

/** A word of a report: its utterance, and its place in it. */
interface ReportedWord {
  readonly utterance: ReportedUtterance;
  /** 0 for the first word, close to 1 for the last one. */
  readonly share: number;
  readonly isLast: boolean;
}

const isComplete = ({ startMs, endMs }: Pick<Utterance, 'startMs' | 'endMs'>): boolean =>
  startMs !== undefined && endMs !== undefined;

/** Returns the stored utterances that a report completes, with their positions. */
export function withReportedPositions(
  stored: readonly Utterance[],
  reported: readonly ReportedUtterance[],
): readonly Utterance[] {
  const parties = new Set(stored.filter((utterance) => !isComplete(utterance)).map(({ party }) => party));
  return [...parties].flatMap((party) =>
    completed(
      stored.filter((utterance) => utterance.party === party),
      reported.filter((utterance) => utterance.party === party),
    ),
  );
}

function completed(stored: readonly Utterance[], reported: readonly ReportedUtterance[]): Utterance[] {
  const split = createSplitter(stored, reported);
  const reportedWords = reported.flatMap((utterance) => {
    const words = split(utterance.text);
    return words.map((word, i) => ({
      word,
      place: { utterance, share: i / words.length, isLast: i === words.length - 1 },
    }));
  });
  const storedWords = stored.map(({ text }) => split(text));
  const matches = alignWords(
    reportedWords.map(({ word }) => word),
    storedWords.flat(),
  );
  let from = 0;
  return stored.flatMap((utterance, i) => {
    const count = storedWords[i]!.length;
    const places = matches
      .slice(from, (from += count))
      .flatMap((match) => (match >= 0 ? [reportedWords[match]!.place] : []));
    if (isComplete(utterance) || places.length < MIN_KNOWN_SHARE * count) return [];
    const position = positionOf(utterance, places);
    return position ? [{ ...utterance, ...position }] : [];
  });
}

/** Returns the position of an utterance by the places of its words; undefined if the report has no positions. */
function positionOf(
  utterance: Utterance,
  places: readonly ReportedWord[],
): { startMs: number; endMs?: number } | undefined {
  const first = places[0] && timeOf(places[0]);
  const startMs = utterance.startMs ?? first;
  if (startMs === undefined) return undefined;
  const last = places.at(-1);
  const reportedEnd = last?.isLast === true ? last.utterance.endMs : undefined;
  const endMs = [utterance.endMs, reportedEnd].find((end) => end !== undefined && end >= startMs);
  return { startMs, ...(endMs !== undefined && { endMs }) };
}

/** Returns when a word was spoken: estimated by its place in the utterance unless it is the first word. */
function timeOf({ utterance: { startMs, endMs }, share }: ReportedWord): number | undefined {
  if (startMs === undefined || share === 0) return startMs;
  return endMs === undefined ? undefined : Math.round(startMs + share * (endMs - startMs));
}
