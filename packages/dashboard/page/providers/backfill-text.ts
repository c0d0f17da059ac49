/** The time range of an import of past calls, and its progress as a sentence. Pure. */
import { asSentence, dateTimeText } from '../ui/format.ts';
import type { Backfill } from './documents.ts';

interface BackfillRange {
  readonly since: string;
  readonly until?: string;
}

/** Converts local days, both inclusive, to a time range. @param to empty for now. */
export function rangeOf(from: string, to: string): BackfillRange | { readonly problem: string } {
  const since = startOfDay(from, 0);
  if (since === undefined) return { problem: 'Enter the day of the oldest call to import.' };
  if (to === '') return { since };
  const until = startOfDay(to, 1);
  if (until === undefined || until <= since)
    return { problem: 'Enter a last day that is not before the first.' };
  return { since, until };
}

function startOfDay(day: string, later: number): string | undefined {
  const [year, month, date] = day.split('-').map(Number);
  const at = new Date(year!, month! - 1, date! + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Calls are imported newest first, so `reached` moves from `until` towards `since`. */
export function progressPercent({ since, until, reached, state }: Backfill): number {
  if (state === 'DONE') return 100;
  if (reached === null) return 0;
  const [start, end, at] = [since, until, reached].map((each) => Date.parse(each));
  const part = (end! - at!) / (end! - start!);
  return Math.round(100 * Math.min(1, Math.max(0, part)));
}

export function backfillText(backfill: Backfill, now: number): string {
  const { state, calls, since, until, reached, message, requestedBy } = backfill;
  const range = `from ${dateTimeText(since, now)} to ${dateTimeText(until, now)}`;
  const count = `${calls.toLocaleString()} ${calls === 1 ? 'call' : 'calls'}`;
  const by = requestedBy === null ? '' : `, started by ${requestedBy}`;
  const where = reached === null ? '' : `, back to ${dateTimeText(reached, now)}`;
  switch (state) {
    case 'RUNNING':
      return `Importing calls ${range}${by}: ${count}${where} (${progressPercent(backfill)} % of the time).`;
    case 'DONE':
      return `Imported ${count} ${range}${by}.`;
    case 'STOPPED':
      return `The import ${range} was interrupted by a restart after ${count}${where}.`;
    case 'FAILED':
      return `The import ${range} failed after ${count}${where}: ${asSentence(message ?? 'unknown reason')}`;
  }
}
