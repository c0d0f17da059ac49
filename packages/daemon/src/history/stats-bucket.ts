/** Time buckets of statistics, by the calendar of UTC or of a time zone. Pure. */
import { FaultError } from '@sidetone/core';
import { createOffsets, instantOf } from './time-zones.ts';

export const STATS_BUCKETS = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const;
export type StatsBucket = (typeof STATS_BUCKETS)[number];

/** By what a series can be split. */
export const STATS_DIMENSIONS = ['PROVIDER', 'DIRECTION', 'END_CATEGORY', 'ASSISTANT'] as const;
export type StatsDimension = (typeof STATS_DIMENSIONS)[number];
/** Most assistants by which a series is split. */
export const MAX_ASSISTANTS = 20;

export interface SeriesRequest {
  readonly bucket: StatsBucket;
  /** Default: UTC. */
  readonly timeZone?: string;
  readonly splitBy?: StatsDimension;
  /** The first so many rows are returned. */
  readonly limit: number;
}

/** Most buckets in one response, empty ones included: six weeks of hours, or almost three years of days. */
export const MAX_BUCKETS = 1000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function nextMonth(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** Start of the bucket after the one that starts at `at`. */
const NEXT = {
  HOUR: (at) => at + HOUR_MS,
  DAY: (at) => at + DAY_MS,
  WEEK: (at) => at + 7 * DAY_MS,
  MONTH: nextMonth,
} as const satisfies Record<StatsBucket, (at: number) => number>;

/** The epoch started on a Thursday; weeks start on Mondays. */
const EPOCH_WEEKDAY_MS = 3 * DAY_MS;
const floor = (at: number, lengthMs: number, offsetMs = 0): number =>
  Math.floor((at + offsetMs) / lengthMs) * lengthMs - offsetMs;

/** Start of the bucket that contains `at`. */
const START = {
  HOUR: (at) => floor(at, HOUR_MS),
  DAY: (at) => floor(at, DAY_MS),
  WEEK: (at) => floor(at, 7 * DAY_MS, EPOCH_WEEKDAY_MS),
  MONTH(at) {
    const date = new Date(at);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  },
} as const satisfies Record<StatsBucket, (at: number) => number>;

export const utcStartOfBucket = (bucket: StatsBucket, at: number): number => START[bucket](at);

/**
 * Returns the instant at which a bucket starts.
 * @param local its start in local time.
 * @param offsetMs the offset of the zone within it. An hour has one; the others may start with another one.
 */
export const startOfBucket = (
  bucket: StatsBucket,
  timeZone: string,
  local: number,
  offsetMs: number,
  offsetOf: OffsetOf,
): number => (bucket === 'HOUR' ? local - offsetMs : instantOf(timeZone, local, offsetOf));

type OffsetOf = (at: number) => number;

/** Returns a function that returns the start of the next bucket, for starts within a range. */
function nextStarts(
  bucket: StatsBucket,
  timeZone: string | undefined,
  { from, until }: { readonly from: number; readonly until: number },
): (at: number) => number {
  if (timeZone === undefined || bucket === 'HOUR') return NEXT[bucket];
  // A longer range has too many buckets, and must not block the event loop.
  const offsetOf = createOffsets(timeZone, from, Math.min(until, from + MAX_RANGE_MS));
  // A day starts later than at midnight if that hour is skipped.
  return (at) => instantOf(timeZone, NEXT[bucket](START[bucket](at + offsetOf(at))), offsetOf);
}

/**
 * Returns all buckets from the first to the last of `counted`, with empty buckets in between.
 * @throws {FaultError} INPUT_INVALID if there are more than {@link MAX_BUCKETS}.
 */
export function withEmptyBuckets(
  bucket: StatsBucket,
  counted: readonly BucketTotals[],
  timeZone?: string,
): readonly BucketTotals[] {
  const all: BucketTotals[] = [];
  const next = nextStarts(bucket, timeZone, { from: counted[0]?.at ?? 0, until: counted.at(-1)?.at ?? 0 });
  for (const totals of counted) {
    const last = all.at(-1);
    let at = last ? next(last.at) : totals.at;
    for (; at < totals.at; at = next(at)) {
      if (all.length >= MAX_BUCKETS) throw tooMany(bucket);
      all.push({ at, calls: 0, durationMs: 0 });
    }
    if (all.length >= MAX_BUCKETS) throw tooMany(bucket);
    all.push(totals);
  }
  return all;
}

/** A range that is longer has too many buckets of any length. */
export const MAX_RANGE_MS = (MAX_BUCKETS + 1) * 31 * DAY_MS;

export function tooMany(bucket: StatsBucket): FaultError {
  return new FaultError(
    'INPUT_INVALID',
    `bucket: more than ${MAX_BUCKETS} of ${bucket} between the first and the last call; narrow \`createdAfter\` and \`createdBefore\`, or choose a longer bucket`,
    { details: { argument: 'bucket', maximum: MAX_BUCKETS } },
  );
}

/** Calls created within one bucket. */
export interface BucketTotals {
  /** Start of the bucket, epoch ms. */
  readonly at: number;
  /** The provider, direction or end category of a series that is split; null if unknown, or the call is live. */
  readonly key?: string | null;
  readonly calls: number;
  readonly durationMs: number;
}
