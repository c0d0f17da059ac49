/** The start and end of each line of a transcript. Most providers report only the end, so starts are estimated. Pure. */
import type { Utterance } from '@sidetone/core';

/** Ms from the answer. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A line as it was stored, in the order in which it was spoken. */
export type TranscriptLine = Pick<Utterance, 'id' | 'party' | 'text' | 'startMs' | 'endMs'> & {
  /** When it was received, epoch ms. */
  readonly at: number;
};

/** About 15 characters per second. The lead makes playback start early rather than miss the first word. */
const MS_PER_CHARACTER = 65;
const LEAD_MS = 400;
const estimateMs = (text: string): number => text.length * MS_PER_CHARACTER + LEAD_MS;

/**
 * Estimates an unknown start from the end and the length of the text, but not before the end of an earlier line. The dashboard
 * has the same rule.
 * @param origin the start of the offsets, epoch ms.
 */
export function spansOf(lines: readonly TranscriptLine[], origin: number): readonly Span[] {
  const ends: number[] = [];
  return lines.map(({ text, at, startMs, endMs }) => {
    const toMs = endMs ?? (startMs === undefined ? Math.max(0, at - origin) : startMs + estimateMs(text));
    const previousEnd = ends.findLast((end) => end <= toMs) ?? 0;
    const fromMs = startMs ?? Math.max(previousEnd, toMs - estimateMs(text));
    ends.push(toMs);
    return { fromMs, toMs };
  });
}
