/** Buckets of a calendar, which may be another one than that of UTC. */
import { max, min } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import type { BucketTotals, SeriesRequest } from '../../history/stats-bucket.ts';
import { mergeBuckets } from '../../history/stats-merge.ts';
import { seriesParts, type OffsetSeries } from '../../history/stats-plan.ts';
import type { TimeRange } from '../../history/totals-periods.ts';
import type { Db } from '../db.ts';
import { calls } from '../schema.ts';

/** Returns buckets whose `at` is a local time: the offset is added. */
export type ReadBuckets = (filter: CallFilter, series: OffsetSeries) => readonly BucketTotals[];

export function readZonedBuckets(
  db: Db,
  filter: CallFilter,
  series: SeriesRequest,
  read: ReadBuckets,
): readonly BucketTotals[] {
  const parts = seriesParts(filter, series, series.timeZone === undefined ? undefined : storedRange(db));
  const buckets = parts.flatMap((part) =>
    read(part.filter, part.series).map((totals) => ({ ...totals, at: part.startOf(totals.at) })),
  );
  return mergeBuckets(buckets).slice(0, series.limit);
}

/** From the first to after the last stored call. */
function storedRange(db: Db): TimeRange {
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
  return { from: first, until: last + 1 };
}
