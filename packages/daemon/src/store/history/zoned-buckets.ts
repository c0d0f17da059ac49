/**
 * Buckets of a calendar other than UTC. The offset of a time zone changes a few times a year: between two changes, local time
 * is the time of UTC and a constant, which SQLite can add.
 */
import { max, min } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import {
  MAX_RANGE_MS,
  startOfBucket,
  tooMany,
  type BucketTotals,
  type SeriesRequest,
  type StatsBucket,
  type StatsDimension,
} from '../../history/stats-bucket.ts';
import { createOffsets, offsetRanges } from '../../history/time-zones.ts';
import type { Db } from '../db.ts';
import { calls } from '../schema.ts';

export interface OffsetSeries {
  readonly bucket: StatsBucket;
  /** Added to instants before their bucket is determined. */
  readonly offsetMs: number;
  readonly splitBy?: StatsDimension;
  readonly limit: number;
}

/** Returns buckets whose `at` is a local time: the offset is added. */
export type ReadBuckets = (filter: CallFilter, series: OffsetSeries) => readonly BucketTotals[];

export function readZonedBuckets(
  db: Db,
  filter: CallFilter,
  { timeZone, ...series }: SeriesRequest,
  read: ReadBuckets,
): readonly BucketTotals[] {
  if (timeZone === undefined) return read(filter, { ...series, offsetMs: 0 });
  const { from, until } = storedRange(db, filter);
  if (until - from > MAX_RANGE_MS) throw tooMany(series.bucket);
  const offsetOf = createOffsets(timeZone, from, until);
  const buckets = offsetRanges(timeZone, from, until).flatMap((range) => {
    const { offsetMs } = range;
    const within = { ...filter, createdAfter: range.from, createdBefore: range.until };
    return read(within, { ...series, offsetMs }).map((totals) => ({
      ...totals,
      at: startOfBucket(series.bucket, timeZone, totals.at, offsetMs, offsetOf),
    }));
  });
  return mergeBuckets(buckets).slice(0, series.limit);
}

/** The range of the filter, no longer than that of the stored calls. */
function storedRange(db: Db, { createdAfter, createdBefore }: CallFilter): { from: number; until: number } {
  const first =
    db
      .select({ at: min(calls.createdAt) })
      .from(calls)
      .get()?.at ?? 0;
  const last =
    db
      .select({ at: max(calls.createdAt) })
      .from(calls)
      .get()?.at ?? 0;
  return {
    from: Math.max(createdAfter ?? -Infinity, first),
    until: Math.min(createdBefore ?? Infinity, last + 1),
  };
}

/** Adds buckets of the same start and key, the oldest first. */
export function mergeBuckets(all: readonly BucketTotals[]): readonly BucketTotals[] {
  const merged = new Map<string, BucketTotals>();
  for (const totals of all) {
    const key = `${totals.at} ${totals.key ?? ''}`;
    const { calls: others = 0, durationMs = 0 } = merged.get(key) ?? {};
    merged.set(key, {
      ...totals,
      calls: totals.calls + others,
      durationMs: totals.durationMs + durationMs,
    });
  }
  return [...merged.values()].filter(({ calls: some }) => some > 0).toSorted((a, b) => a.at - b.at);
}
