/** From when to when each line was said. Providers mostly tell when words came to an end, and seldom when they began. Pure. */
import type { Line } from './call-timeline.ts';

/** In ms from the answer of the call. */
export interface Span {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** People say about 15 characters a second. Rather too early than too late: who plays a line wants its first word. */
const MS_A_CHARACTER = 65;
const LEAD_MS = 400;
const spokenMs = (text: string): number => text.length * MS_A_CHARACTER + LEAD_MS;

export type Said = Pick<Line, 'id' | 'text' | 'at' | 'startMs' | 'endMs'>;

/**
 * Where a beginning is not told, it is what the words take before their end, but not before another line has ended.
 * @param answeredAt epoch ms.
 */
export function spansOf(lines: readonly Said[], answeredAt: number): Span[] {
  const ends: number[] = [];
  return lines.map(({ id, text, at, startMs, endMs }) => {
    const toldAt = Math.max(0, Date.parse(at) - answeredAt);
    const toMs = endMs ?? (startMs === null ? toldAt : startMs + spokenMs(text));
    const before = ends.findLast((end) => end <= toMs) ?? 0;
    const fromMs = startMs ?? Math.max(before, toMs - spokenMs(text));
    ends.push(toMs);
    return { id, fromMs, toMs };
  });
}

/** A seek ends a little beside where it was meant to. */
const TOLERANCE_MS = 25;

/** The line that is heard at a moment, or was heard last before it. */
export function lineAt(spans: readonly Span[], ms: number): string | undefined {
  let found: Span | undefined;
  for (const span of spans) {
    if (span.fromMs <= ms + TOLERANCE_MS && span.fromMs >= (found?.fromMs ?? 0)) found = span;
  }
  return found?.id;
}
