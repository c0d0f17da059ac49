/** Converts statistics of the API for charts and tiles. Pure. */
import type { VariablesOf } from '../api/graphql.ts';
import { BUCKETS, bucketStarts, previousStart, rangeStart, type Range } from '../ui/ranges.ts';
import type { Overview, OVERVIEW } from './documents.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** @param provider a provider id; empty for all. */
export function variablesOf(range: Range, provider: string, now: number): VariablesOf<typeof OVERVIEW> {
  const from = iso(rangeStart(range, now));
  const ofProvider = provider === '' ? {} : { providerIds: [provider] };
  return {
    now: { ...ofProvider, createdAfter: from },
    // Only answered and ended calls have a duration.
    answered: { ...ofProvider, createdAfter: from, minDurationMs: 0 },
    before: { ...ofProvider, createdAfter: iso(previousStart(range, now)), createdBefore: from },
    bucket: BUCKETS[range],
  };
}

export interface Column {
  /** A short label below the column. */
  readonly label: string;
  /** The full name of the column. */
  readonly name: string;
  readonly value: number;
}

const UTC = { timeZone: 'UTC' } as const;
/** Hours are formatted in local time; days and months are those of the API, in UTC. */
const LABELS = {
  '24h': [
    { hour: '2-digit', minute: '2-digit' },
    { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  ],
  '7d': [
    { weekday: 'short', day: 'numeric', ...UTC },
    { weekday: 'long', day: 'numeric', month: 'long', ...UTC },
  ],
  '30d': [
    { day: 'numeric', month: 'short', ...UTC },
    { weekday: 'long', day: 'numeric', month: 'long', ...UTC },
  ],
  '12m': [
    { month: 'short', ...UTC },
    { month: 'long', year: 'numeric', ...UTC },
  ],
} as const satisfies Record<Range, readonly [Intl.DateTimeFormatOptions, Intl.DateTimeFormatOptions]>;

/** Returns a column for each bucket of the range, with 0 for buckets that the API omits. */
export function columnsOf(series: Overview['now']['series'], range: Range, now: number): Column[] {
  const calls = new Map(series.map((point) => [Date.parse(point.at), point.calls]));
  const [label, name] = LABELS[range].map((format) => new Intl.DateTimeFormat(undefined, format));
  return bucketStarts(range, now).map((at) => ({
    label: label!.format(at),
    name: name!.format(at),
    value: calls.get(at) ?? 0,
  }));
}

/** The maximum number of ticks above zero. */
const MAX_TICKS = 4;

/** Returns round tick values from zero to at least `largest`, at least 1 apart. */
export function ticksOf(largest: number): number[] {
  const minStep = Math.max(1, largest / MAX_TICKS);
  const power = 10 ** Math.floor(Math.log10(minStep));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => each >= minStep)!;
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

/** Returns a rounded percentage, or undefined if `whole` is 0. */
export const percentOf = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.round((part / whole) * 100);

/** Larger changes are not shown: the previous value was too small for a comparison. */
const MAX_CHANGE_PERCENT = 999;

/** Formats a change as `+12 %`, `−3 %` or `±0 %`. Returns undefined without a previous value. */
export function changeText(now: number | null, before: number | null): string | undefined {
  if (now === null || before === null || before === 0) return undefined;
  const percent = Math.round((now / before - 1) * 100);
  if (percent > MAX_CHANGE_PERCENT) return undefined;
  const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±';
  return `${sign}${Math.abs(percent)} %`;
}

/** Formats a duration as `3 h 12 min`, `12 min` or `45 s`. */
export function longDurationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${Math.floor(ms / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours.toLocaleString()} h ${minutes % 60} min`;
}
