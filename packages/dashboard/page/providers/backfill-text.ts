/** The time range of an import of past calls, and its progress as a sentence. Pure. */
import { asSentence, dateTimeText } from '../ui/format.ts';
import { localDay } from '../ui/form/local-day.ts';
import type { Backfill } from './documents.ts';

interface BackfillRange {
  readonly since: string;
  readonly until?: string;
}

/** Converts local days, both inclusive, to a time range. @param to empty for now. */
export function rangeOf(from: string, to: string): BackfillRange | { readonly problem: string } {
  const since = localDay(from, 0)?.toISOString();
  if (since === undefined) return { problem: 'Enter the day of the oldest call to import.' };
  if (to === '') return { since };
  const until = localDay(to, 1)?.toISOString();
  if (until === undefined || until <= since)
    return { problem: 'Enter a last day that is not before the first.' };
  return { since, until };
}

/** Calls are imported newest first, so `reached` moves from `until` towards `since`. */
export function progressPercent({ since, until, reached, state }: Backfill): number {
  if (state === 'DONE') return 100;
  if (reached === null) return 0;
  const [start, end, at] = [since, until, reached].map((each) => Date.parse(each));
  const part = (end! - at!) / (end! - start!);
  return Math.round(100 * Math.min(1, Math.max(0, part)));
}

interface Parts {
  readonly range: string;
  readonly count: string;
  /** Who started it. */
  readonly by: string;
  /** How far it got. */
  readonly where: string;
  readonly backfill: Backfill;
}

const TEXTS = {
  RUNNING: ({ range, by, count, where, backfill }) =>
    `Importing calls ${range}${by}: ${count}${where} (${progressPercent(backfill)} % of the time).`,
  DONE: ({ count, range, by }) => `Imported ${count} ${range}${by}.`,
  STOPPED: ({ range, count, where }) =>
    `The import ${range} was interrupted by a restart after ${count}${where}.`,
  FAILED: ({ range, count, where, backfill: { message } }) =>
    `The import ${range} failed after ${count}${where}: ${asSentence(message ?? 'unknown reason')}`,
} as const satisfies Record<Backfill['state'], (parts: Parts) => string>;

export function backfillText(backfill: Backfill, now: number): string {
  const { state, calls, since, until, reached, requestedBy } = backfill;
  return TEXTS[state]({
    backfill,
    range: `from ${dateTimeText(since, now)} to ${dateTimeText(until, now)}`,
    count: `${calls.toLocaleString()} ${calls === 1 ? 'call' : 'calls'}`,
    by: requestedBy === null ? '' : `, started by ${requestedBy}`,
    where: reached === null ? '' : `, back to ${dateTimeText(reached, now)}`,
  });
}
