/** The series of statistics: intervals, the calendar that they follow, and series that are split. */
import {
  MAX_BUCKETS,
  withEmptyBuckets,
  type BucketTotals,
  type SeriesRequest,
  type StatsBucket,
  type StatsDimension,
} from '../../history/stats-bucket.ts';
import { checkTimeZone } from '../../history/time-zones.ts';

/** The rows of one interval in a series that is split: providers, directions or end categories. */
const MAX_KEYS = 50;

/** One of the series of a split. */
export interface SplitSeries {
  readonly key: string | null;
  readonly points: readonly BucketTotals[];
}

export interface Series {
  readonly points: readonly BucketTotals[];
  readonly split: readonly SplitSeries[];
}

type Optional<Value> = Value | null | undefined;

/** Returns what to read; undefined without an interval. @throws {FaultError} INPUT_INVALID if the time zone is unknown. */
export function seriesRequest(
  bucket: Optional<StatsBucket>,
  timeZone: Optional<string>,
  splitBy: Optional<StatsDimension>,
): SeriesRequest | undefined {
  const zone = timeZone == null ? undefined : checkTimeZone('timeZone', timeZone);
  if (bucket == null) return undefined;
  return {
    bucket,
    ...(zone !== undefined && zone !== 'UTC' && { timeZone: zone }),
    ...(splitBy != null && { splitBy }),
    limit: (MAX_BUCKETS + 1) * (splitBy == null ? 1 : MAX_KEYS),
  };
}

/**
 * Returns the series of all calls with empty intervals, and the parts of a split, the largest first, with the same intervals.
 * @throws {FaultError} INPUT_INVALID if there are too many intervals.
 */
export function seriesOf(
  { bucket, timeZone, splitBy }: SeriesRequest,
  rows: readonly BucketTotals[],
): Series {
  if (splitBy === undefined) return { points: withEmptyBuckets(bucket, rows, timeZone), split: [] };
  const points = withEmptyBuckets(bucket, sumByTime(rows), timeZone);
  const byKey = new Map<string | null, Map<number, BucketTotals>>();
  for (const row of rows) {
    const key = row.key ?? null;
    byKey.set(key, (byKey.get(key) ?? new Map<number, BucketTotals>()).set(row.at, row));
  }
  const split = [...byKey].map(([key, counted]) => ({
    key,
    points: points.map(({ at }) => counted.get(at) ?? { at, calls: 0, durationMs: 0 }),
  }));
  return { points, split: split.toSorted((a, b) => callsOf(b) - callsOf(a) || byName(a.key, b.key)) };
}

export const callsOf = ({ points }: SplitSeries): number => points.reduce((sum, { calls }) => sum + calls, 0);

const byName = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : 1);

function sumByTime(rows: readonly BucketTotals[]): readonly BucketTotals[] {
  const sums = new Map<number, BucketTotals>();
  for (const { at, calls, durationMs } of rows) {
    const { calls: others = 0, durationMs: ms = 0 } = sums.get(at) ?? {};
    sums.set(at, { at, calls: calls + others, durationMs: durationMs + ms });
  }
  return [...sums.values()];
}
