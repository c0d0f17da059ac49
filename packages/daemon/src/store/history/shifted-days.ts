/**
 * Days of a calendar with an offset, from the totals of UTC days. A local day is the UTC day of its date, without the part that
 * belongs to the neighbouring local day, and with that of the day before or after. So only the totals of this part are read:
 * of India, those of 5.5 hours of each day.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { BucketTotals } from '../../history/stats-bucket.ts';
import { utcStartOfBucket } from '../../history/stats-bucket.ts';
import { coverRange, DAY_MS, type TimeRange } from '../../history/totals-periods.ts';
import type { Db } from '../db.ts';
import { callTotals } from '../schema.ts';
import { bucketsOfPeriods, keyOfTotals, sum } from './stats-rows.ts';
import type { OffsetSeries } from './zoned-buckets.ts';

/** Returns the condition of the rows of a period within a range of times. */
type WhereOf = (period: 'DAY' | 'HOUR' | 'QUARTER') => SQL | undefined;

/** Whether local days of this offset are made of hours and quarters of an hour. */
export const isShiftable = ({ bucket, offsetMs }: OffsetSeries, quarterMs: number): boolean =>
  bucket !== 'HOUR' && offsetMs !== 0 && offsetMs % quarterMs === 0 && Math.abs(offsetMs) < DAY_MS;

/** @param range of whole UTC days. Buckets have local times; some have no calls. */
export function bucketsOfShiftedDays(
  db: Db,
  range: TimeRange,
  whereOf: WhereOf,
  series: OffsetSeries,
): readonly BucketTotals[] {
  const { bucket, offsetMs } = series;
  const unshifted = { ...series, where: whereOf('DAY'), offsetMs: 0, limit: -1 };
  const whole = bucketsOfPeriods(db, 'DAY', unshifted);
  // The part of each UTC day that is in the next, or the previous, local day.
  const part = offsetMs > 0 ? { from: DAY_MS - offsetMs, until: DAY_MS } : { from: 0, until: -offsetMs };
  const moved = coverRange(part, ['HOUR', 'QUARTER']).flatMap(({ by, ...window }) =>
    totalsOfWindow(db, range, window, whereOf(by as 'HOUR' | 'QUARTER'), series),
  );
  const neighbour = Math.sign(offsetMs) * DAY_MS;
  return [
    ...whole,
    ...moved.map(({ at, calls, durationMs, ...key }) => ({
      ...key,
      at: utcStartOfBucket(bucket, at),
      calls: -calls,
      durationMs: -durationMs,
    })),
    ...moved.map((totals) => ({ ...totals, at: utcStartOfBucket(bucket, totals.at + neighbour) })),
  ];
}

/** Returns the totals of a time of day, for each UTC day of a range. */
function totalsOfWindow(
  db: Db,
  { from, until }: TimeRange,
  window: TimeRange,
  where: SQL | undefined,
  { splitBy }: OffsetSeries,
): readonly BucketTotals[] {
  const days = Array.from({ length: (until - from) / DAY_MS }, (_, i) => from + i * DAY_MS);
  const at = sql<number>`day.value`;
  const key = splitBy && keyOfTotals(splitBy);
  const isInWindow = sql`${callTotals.start} >= day.value + ${window.from} and ${callTotals.start} < day.value + ${window.until}`;
  return db
    .select({ at, ...(key && { key }), calls: sum(callTotals.calls), durationMs: sum(callTotals.durationMs) })
    .from(sql`json_each(${JSON.stringify(days)}) as day cross join ${callTotals}`)
    .where(sql`${isInWindow} and ${where}`)
    .groupBy(at, ...(key ? [key] : []))
    .all();
}
