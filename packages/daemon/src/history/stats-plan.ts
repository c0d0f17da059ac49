/**
 * What to read for statistics, whatever the engine. A time range of ended calls consists of whole months, days and hours, whose
 * totals are read, and of less than an hour at each end, whose calls are read, as all live calls are. Pure.
 */
import type { CallFilter } from '../calls/ports.ts';
import {
  MAX_RANGE_MS,
  startOfBucket,
  tooMany,
  utcStartOfBucket,
  type BucketTotals,
  type SeriesRequest,
  type StatsBucket,
  type StatsDimension,
} from './stats-bucket.ts';
import { createOffsets, offsetRanges } from './time-zones.ts';
import {
  coverRange,
  DAY_MS,
  HOUR_MS,
  QUARTER_MS,
  TOTALS_PERIODS,
  type CoveredRange,
  type TimeRange,
  type TotalsPeriod,
} from './totals-periods.ts';

/** The conditions that the totals can answer. */
const ANSWERED_BY_TOTALS: ReadonlySet<string> = new Set<keyof CallFilter>([
  'providerIds',
  'statuses',
  'live',
  'directions',
  'endCategories',
  'createdAfter',
  'createdBefore',
]);

/** By what the totals are grouped, of what a series can be split by. */
export type TotalledDimension = Exclude<StatsDimension, 'ASSISTANT'>;

export const isTotalled = (splitBy: StatsDimension | undefined): splitBy is TotalledDimension | undefined =>
  splitBy !== 'ASSISTANT';

/** Whether totals answer a question about the calls of a filter. */
export const areTotalsSufficient = (filter: CallFilter, splitBy?: StatsDimension): boolean =>
  isTotalled(splitBy) && Object.keys(filter).every((key) => ANSWERED_BY_TOTALS.has(key));

/** The ranges of the ended calls that a filter selects. */
export function endedRanges(filter: CallFilter, periods?: readonly TotalsPeriod[]): readonly CoveredRange[] {
  const { createdAfter = -Infinity, createdBefore = Infinity, live, statuses } = filter;
  if (live === true || (statuses && !statuses.includes('ENDED'))) return [];
  return coverRange({ from: createdAfter, until: createdBefore }, periods);
}

/** The periods for which measures are stored, longest first. */
export const MEASURED_PERIODS = {
  COST: ['MONTH', 'DAY'],
  DURATION: ['MONTH'],
} as const satisfies Record<string, readonly TotalsPeriod[]>;

/** A series of buckets in a calendar whose difference to UTC is constant. */
export interface OffsetSeries {
  readonly bucket: StatsBucket;
  /** Added to instants before their bucket is determined. */
  readonly offsetMs: number;
  readonly splitBy?: StatsDimension;
  readonly limit: number;
}

/** The periods that never cross the boundary of an interval, longest first. */
const PERIODS_WITHIN = {
  HOUR: ['HOUR', 'QUARTER'],
  DAY: ['DAY', 'HOUR', 'QUARTER'],
  WEEK: ['DAY', 'HOUR', 'QUARTER'],
  MONTH: TOTALS_PERIODS,
} as const satisfies Record<StatsBucket, readonly TotalsPeriod[]>;

/** Returns the periods of which a series consists, longest first. Those of days may be shifted, see {@link areDaysShifted}. */
export function periodsOf(series: OffsetSeries): readonly TotalsPeriod[] {
  return areDaysShifted(series) ? ['DAY', ...unshiftedPeriods(series)] : unshiftedPeriods(series);
}

/** The local calendar of an offset starts hours, or only quarters of an hour, with those of UTC; before 1900, neither. */
function unshiftedPeriods({ bucket, offsetMs }: OffsetSeries): readonly TotalsPeriod[] {
  if (offsetMs === 0) return PERIODS_WITHIN[bucket];
  if (offsetMs % HOUR_MS === 0) return PERIODS_WITHIN.HOUR;
  return offsetMs % QUARTER_MS === 0 ? ['QUARTER'] : [];
}

/**
 * Whether local days are computed from those of UTC: they are made of hours and quarters of an hour. A local day is the UTC day
 * of its date, without the part that belongs to the neighbouring local day, and with that of the day before or after. So only
 * the totals of this part are read: of India, those of 5.5 hours of each day.
 */
export const areDaysShifted = ({ bucket, offsetMs }: OffsetSeries): boolean =>
  bucket !== 'HOUR' && offsetMs !== 0 && offsetMs % QUARTER_MS === 0 && Math.abs(offsetMs) < DAY_MS;

/** A time of day, whose calls are in the totals of a period. */
export interface DayWindow extends TimeRange {
  readonly by: 'HOUR' | 'QUARTER';
}

/** Returns the part of each UTC day that is in the next, or the previous, local day. */
export function movedWindows({ offsetMs }: OffsetSeries): readonly DayWindow[] {
  const part = offsetMs > 0 ? { from: DAY_MS - offsetMs, until: DAY_MS } : { from: 0, until: -offsetMs };
  return coverRange(part, ['HOUR', 'QUARTER']) as readonly DayWindow[];
}

/** Moves the totals of {@link movedWindows}, with the UTC days that they belong to, to the neighbouring local days. */
export function moveToNeighbours(
  moved: readonly BucketTotals[],
  { bucket, offsetMs }: OffsetSeries,
): readonly BucketTotals[] {
  const neighbour = Math.sign(offsetMs) * DAY_MS;
  return moved.flatMap(({ at, calls, durationMs, ...key }) => [
    { ...key, at: utcStartOfBucket(bucket, at), calls: -calls, durationMs: -durationMs },
    { ...key, at: utcStartOfBucket(bucket, at + neighbour), calls, durationMs },
  ]);
}

/** A part of a series with one offset. */
export interface SeriesPart {
  readonly filter: CallFilter;
  readonly series: OffsetSeries;
  /** Returns the instant of the start of a bucket, which was counted in local time. */
  startOf(local: number): number;
}

/**
 * Divides a series where the offset of its time zone changes, a few times a year: between two changes, local time is the time of
 * UTC and a constant, which a database can add.
 * @param stored the times of the first and the last stored call; needed with a time zone.
 * @throws {FaultError} INPUT_INVALID if the range has too many buckets of any length.
 */
export function seriesParts(
  filter: CallFilter,
  { timeZone, ...series }: SeriesRequest,
  stored: TimeRange | undefined,
): readonly SeriesPart[] {
  if (timeZone === undefined || !stored)
    return [{ filter, series: { ...series, offsetMs: 0 }, startOf: (at) => at }];
  const from = Math.max(filter.createdAfter ?? -Infinity, stored.from);
  const until = Math.min(filter.createdBefore ?? Infinity, stored.until);
  if (until - from > MAX_RANGE_MS) throw tooMany(series.bucket);
  const offsetOf = createOffsets(timeZone, from, until);
  return offsetRanges(timeZone, from, until).map(({ offsetMs, ...range }) => ({
    filter: { ...filter, createdAfter: range.from, createdBefore: range.until },
    series: { ...series, offsetMs },
    startOf: (local) => startOfBucket(series.bucket, timeZone, local, offsetMs, offsetOf),
  }));
}
