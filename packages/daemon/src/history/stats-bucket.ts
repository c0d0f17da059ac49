/** Time buckets of statistics, by the UTC calendar. Pure. */
import { FaultError } from '@sidetone/core';

export const STATS_BUCKETS = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const;
export type StatsBucket = (typeof STATS_BUCKETS)[number];

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

/**
 * Returns all buckets from the first to the last of `counted`, with empty buckets in between.
 * @throws {FaultError} INPUT_INVALID if there are more than {@link MAX_BUCKETS}.
 */
export function withEmptyBuckets(
  bucket: StatsBucket,
  counted: readonly BucketTotals[],
): readonly BucketTotals[] {
  const all: BucketTotals[] = [];
  for (const totals of counted) {
    const last = all.at(-1);
    let at = last ? NEXT[bucket](last.at) : totals.at;
    for (; at < totals.at; at = NEXT[bucket](at)) {
      if (all.length >= MAX_BUCKETS) throw tooMany(bucket);
      all.push({ at, calls: 0, durationMs: 0 });
    }
    if (all.length >= MAX_BUCKETS) throw tooMany(bucket);
    all.push(totals);
  }
  return all;
}

function tooMany(bucket: StatsBucket): FaultError {
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
  readonly calls: number;
  readonly durationMs: number;
}
