/** The start and end of each line. Most providers report only the end of an utterance, so starts are estimated. Pure. */
import type { Line } from './call-timeline.ts';

/** The time span of a line, ms from the answer. */
export interface Span {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** About 15 characters per second. The lead makes playback start early rather than miss the first word. */
const MS_PER_CHARACTER = 65;
const LEAD_MS = 400;
const estimateMs = (text: string): number => text.length * MS_PER_CHARACTER + LEAD_MS;

export type TimedLine = Pick<Line, 'id' | 'text' | 'at' | 'startMs' | 'endMs'>;

/**
 * Estimates an unknown start from the end and the length of the text, but not before the end of an earlier line.
 * @param answeredAt epoch ms.
 */
export function spansOf(lines: readonly TimedLine[], answeredAt: number): Span[] {
  const ends: number[] = [];
  return lines.map(({ id, text, at, startMs, endMs }) => {
    const receivedMs = Math.max(0, Date.parse(at) - answeredAt);
    const toMs = endMs ?? (startMs === null ? receivedMs : startMs + estimateMs(text));
    const previousEnd = ends.findLast((end) => end <= toMs) ?? 0;
    const fromMs = startMs ?? Math.max(previousEnd, toMs - estimateMs(text));
    ends.push(toMs);
    return { id, fromMs, toMs };
  });
}

/** The browser does not seek to the exact position. */
const TOLERANCE_MS = 25;

/** The id of the line that is spoken at a position, or was spoken last before it. */
export function lineAt(spans: readonly Span[], ms: number): string | undefined {
  let latest: Span | undefined;
  for (const span of spans) {
    if (span.fromMs <= ms + TOLERANCE_MS && span.fromMs >= (latest?.fromMs ?? 0)) latest = span;
  }
  return latest?.id;
}
