/** Counts of the API as charts and tiles show them. Pure. */
import type { VariablesOf } from '../api/graphql.ts';
import { BUCKETS, bucketStarts, previousStart, rangeStart, type Range } from '../ui/ranges.ts';
import type { Overview, OVERVIEW } from './documents.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** @param provider a provider's id; empty for all. */
export function variablesOf(range: Range, provider: string, now: number): VariablesOf<typeof OVERVIEW> {
  const from = iso(rangeStart(range, now));
  const ofProvider = provider === '' ? {} : { providerIds: [provider] };
  return {
    now: { ...ofProvider, createdAfter: from },
    // Only what was answered and is over has a duration.
    answered: { ...ofProvider, createdAfter: from, minDurationMs: 0 },
    before: { ...ofProvider, createdAfter: iso(previousStart(range, now)), createdBefore: from },
    bucket: BUCKETS[range],
  };
}

export interface Column {
  /** Below the column, where there is room. */
  readonly label: string;
  /** Of the column alone. */
  readonly name: string;
  readonly value: number;
}

const UTC = { timeZone: 'UTC' } as const;
/** Hours are told as they are where the page is looked at; days and months are those of the API. */
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

/** A column for each point of the range, also where the API counted nothing. */
export function columnsOf(series: Overview['now']['series'], range: Range, now: number): Column[] {
  const calls = new Map(series.map((point) => [Date.parse(point.at), point.calls]));
  const [label, name] = LABELS[range].map((format) => new Intl.DateTimeFormat(undefined, format));
  return bucketStarts(range, now).map((at) => ({
    label: label!.format(at),
    name: name!.format(at),
    value: calls.get(at) ?? 0,
  }));
}

/** Most lines across a chart, that at zero not counted. */
const MOST_TICKS = 4;

/** Round numbers from zero to at least `largest`, in whole steps. */
export function ticksOf(largest: number): number[] {
  const least = Math.max(1, largest / MOST_TICKS);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((each) => each >= least)!;
  const count = Math.max(1, Math.ceil(largest / step));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

/** How much of a whole, in whole percent; nothing of nothing. */
export const percentOf = (part: number, whole: number): number | undefined =>
  whole === 0 ? undefined : Math.round((part / whole) * 100);

/** What changed by more tells only that there was next to nothing before, percent. */
const MOST_CHANGE = 999;

/** `+12 %`, `−3 %`, `±0 %`: how a number changed; nothing where there was none to compare it with. */
export function changeText(now: number | null, before: number | null): string | undefined {
  if (now === null || before === null || before === 0) return undefined;
  const percent = Math.round((now / before - 1) * 100);
  if (percent > MOST_CHANGE) return undefined;
  const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±';
  return `${sign}${Math.abs(percent)} %`;
}

/** `3 h 12 min`, `12 min`, `45 s`. */
export function lengthText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${Math.floor(ms / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours.toLocaleString()} h ${minutes % 60} min`;
}
