/** Days of a calendar with an offset, from the totals of UTC days: see `areDaysShifted`. */
import { sql, type SQL } from 'drizzle-orm';
import type { BucketTotals } from '../../history/stats-bucket.ts';
import { movedWindows, moveToNeighbours, type OffsetSeries } from '../../history/stats-plan.ts';
import { DAY_MS, type TimeRange } from '../../history/totals-periods.ts';
import type { Db } from '../db.ts';
import { callTotals } from '../schema.ts';
import { bucketsOfPeriods, keyOfTotals, sum } from './stats-rows.ts';

/** Returns the condition of the rows of a period within a range of times. */
type WhereOf = (period: 'DAY' | 'HOUR' | 'QUARTER') => SQL | undefined;

/** @param range of whole UTC days. Buckets have local times; some have no calls. */
export function bucketsOfShiftedDays(
  db: Db,
  range: TimeRange,
  whereOf: WhereOf,
  series: OffsetSeries,
): readonly BucketTotals[] {
  const unshifted = { ...series, where: whereOf('DAY'), offsetMs: 0, limit: -1 };
  const whole = bucketsOfPeriods(db, 'DAY', unshifted);
  const moved = movedWindows(series).flatMap(({ by, ...window }) =>
    totalsOfWindow(db, range, window, whereOf(by), series),
  );
  return [...whole, ...moveToNeighbours(moved, series)];
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
