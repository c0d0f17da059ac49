/** Converts statistics of the API for charts and tiles. Pure. */
import type { EnumOf, VariablesOf } from '../api/graphql.ts';
import {
  BUCKETS,
  bucketStarts,
  previousStart,
  rangeStart,
  viewerTimeZone,
  type Range,
} from '../ui/ranges.ts';
import type { Overview, OVERVIEW } from './documents.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** @param provider a provider id; empty for all. */
export function variablesOf(
  range: Range,
  provider: string,
  now: number,
  splitBy: Split | '' = '',
): VariablesOf<typeof OVERVIEW> {
  const from = iso(rangeStart(range, now));
  const ofProvider = provider === '' ? {} : { providerIds: [provider] };
  return {
    now: { ...ofProvider, createdAfter: from },
    // Only answered and ended calls have a duration.
    answered: { ...ofProvider, createdAfter: from, minDurationMs: 0 },
    before: { ...ofProvider, createdAfter: iso(previousStart(range, now)), createdBefore: from },
    bucket: BUCKETS[range],
    timeZone: viewerTimeZone(),
    splitBy: splitBy === '' ? null : splitBy,
  };
}

/** By what the columns can be split, in the words of the page. */
export const SPLIT_LABELS = {
  PROVIDER: 'Split by provider',
  END_CATEGORY: 'Split by outcome',
  DIRECTION: 'Split by direction',
  ASSISTANT: 'Split by assistant',
} as const satisfies Record<EnumOf<'StatsDimension'>, string>;
export type Split = keyof typeof SPLIT_LABELS;

export const isSplit = (text: string): text is Split => Object.hasOwn(SPLIT_LABELS, text);

/** A part of the columns. */
export interface Part {
  readonly key: string;
  readonly label: string;
}

export interface Column {
  /** The start, epoch ms. */
  readonly at: number;
  /** The start of the next column, epoch ms; undefined for the current one. */
  readonly until: number | undefined;
  /** A short label below the column. */
  readonly label: string;
  /** The full name of the column. */
  readonly name: string;
  readonly value: number;
  /** The value of each part, in their order; empty without a split. */
  readonly values: readonly number[];
}

/** In local time, as the buckets. */
const LABELS = {
  '24h': [
    { hour: '2-digit', minute: '2-digit' },
    { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  ],
  '7d': [
    { weekday: 'short', day: 'numeric' },
    { weekday: 'long', day: 'numeric', month: 'long' },
  ],
  '30d': [
    { day: 'numeric', month: 'short' },
    { weekday: 'long', day: 'numeric', month: 'long' },
  ],
  '12m': [{ month: 'short' }, { month: 'long', year: 'numeric' }],
} as const satisfies Record<Range, readonly [Intl.DateTimeFormatOptions, Intl.DateTimeFormatOptions]>;

type Points = readonly { readonly at: string; readonly calls: number }[];

const callsAt = (points: Points): ReadonlyMap<number, number> =>
  new Map(points.map(({ at, calls }) => [Date.parse(at), calls]));

/**
 * Returns a column for each bucket of the range, with 0 for buckets that the API omits.
 * @param parts the points of each part, if the series is split
 */
export function columnsOf(
  series: Overview['now']['series'],
  range: Range,
  now: number,
  parts: readonly Points[] = [],
): Column[] {
  const calls = callsAt(series);
  const callsOfParts = parts.map(callsAt);
  const [label, name] = LABELS[range].map((format) => new Intl.DateTimeFormat(undefined, format));
  const starts = bucketStarts(range, now);
  return starts.map((at, i) => ({
    at,
    until: starts[i + 1],
    label: label!.format(at),
    name: name!.format(at),
    value: calls.get(at) ?? 0,
    values: callsOfParts.map((part) => part.get(at) ?? 0),
  }));
}

/** The largest number of parts with a colour of their own; the others are one part. */
export const MAX_PARTS = 5;

type SplitSeries = Overview['now']['splitSeries'];

/** Returns the largest parts, and the rest as one. @param labelOf the label of a key; of null, for calls without one */
export function partsOf(
  split: SplitSeries,
  labelOf: (key: string | null) => string,
): readonly (Part & { readonly points: Points })[] {
  const isTooMany = split.length > MAX_PARTS;
  const own = isTooMany ? split.slice(0, MAX_PARTS - 1) : split;
  const rest = split.slice(own.length);
  const parts = own.map(({ key, points }) => ({ key: key ?? '', label: labelOf(key), points }));
  if (rest.length === 0) return parts;
  const sums = new Map<string, number>();
  for (const { at, calls } of rest.flatMap(({ points }) => points)) sums.set(at, (sums.get(at) ?? 0) + calls);
  const points = [...sums].map(([at, calls]) => ({ at, calls }));
  return [...parts, { key: 'others', label: `${rest.length} others`, points }];
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

/** Formats a sum of costs. */
export const moneyText = ({
  amount,
  currency,
}: {
  readonly amount: number;
  readonly currency: string;
}): string => new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
