/** The time ranges of history and overview, shared so that both count the same calls. Pure. */
import type { EnumOf } from '../api/graphql.ts';

export const RANGES = ['24h', '7d', '30d', '12m'] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_LABELS = {
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '12m': 'Last 12 months',
} as const satisfies Record<Range, string>;

export const isRange = (text: string): text is Range => (RANGES as readonly string[]).includes(text);

/** The bucket size of a chart over the range. */
export const BUCKETS = {
  '24h': 'HOUR',
  '7d': 'DAY',
  '30d': 'DAY',
  '12m': 'MONTH',
} as const satisfies Record<Range, EnumOf<'StatsBucket'>>;

const HOUR_MS = 3_600_000;

/** The start of the local day or month that is `back` before the current one. */
const dayStart = (now: Date, back: number): number =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() - back).getTime();
const monthStart = (now: Date, back: number): number =>
  new Date(now.getFullYear(), now.getMonth() - back).getTime();

/** The start of the bucket that is `back` buckets before the current one. Buckets follow the calendar of the viewer. */
const BUCKET_STARTS = {
  // Hours are counted back, because one of them exists twice when the clock is set back.
  '24h': { count: 24, start: (now, back) => new Date(now).setMinutes(0, 0, 0) - back * HOUR_MS },
  '7d': { count: 7, start: dayStart },
  '30d': { count: 30, start: dayStart },
  '12m': { count: 12, start: monthStart },
} as const satisfies Record<Range, { count: number; start: (now: Date, back: number) => number }>;

/** The time zone of the viewer, by its name in the IANA database. */
export const viewerTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The start of each bucket of the range, epoch ms, oldest first; the last one contains `now`. */
export function bucketStarts(range: Range, now: number): number[] {
  const { count, start } = BUCKET_STARTS[range];
  return Array.from({ length: count }, (_, i) => start(new Date(now), count - 1 - i));
}

/** The start of the range, epoch ms. It is the start of a bucket, so that the first column is complete. */
export const rangeStart = (range: Range, now: number): number => bucketStarts(range, now)[0]!;

/** The start of the preceding range of the same length, epoch ms. */
export function previousStart(range: Range, now: number): number {
  const { count, start } = BUCKET_STARTS[range];
  return start(new Date(now), 2 * count - 1);
}
