/** Sums and counts of calls: of their rows, or of the totals of periods. */
import type { EndCategory, ProviderId } from '@sidetone/core';
import { count, sql, type SQL } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { CallTotals } from '../../history/ports.ts';
import type { BucketTotals, StatsBucket, StatsDimension } from '../../history/stats-bucket.ts';
import type { TotalsPeriod } from '../../history/totals-periods.ts';
import type { Db } from '../db.ts';
import { callTotals, calls } from '../schema.ts';
import type { OffsetSeries } from './zoned-buckets.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The epoch started on a Thursday; weeks start on Mondays. */
const EPOCH_WEEKDAY_MS = 3 * DAY_MS;

/** The part of `from` that determines how calls are found. */
export const ALL_CALLS = sql`${calls}`;
export const LIVE_CALLS = sql`${calls} indexed by calls_live`;
export const CALLS_BY_AGE = sql`${calls} indexed by calls_by_age`;

/** SQLite's remainder has the sign of the dividend; the time may be before the epoch. */
function intervalStart(at: SQL<number>, lengthMs: number, offsetMs = 0): SQL<number> {
  const length = sql.raw(String(lengthMs));
  return sql<number>`${at} - ((${at} + ${sql.raw(String(offsetMs))}) % ${length} + ${length}) % ${length}`;
}

/** Start of the interval that contains a time, epoch ms. */
const STARTS = {
  HOUR: (at) => intervalStart(at, HOUR_MS),
  DAY: (at) => intervalStart(at, DAY_MS),
  WEEK: (at) => intervalStart(at, 7 * DAY_MS, EPOCH_WEEKDAY_MS),
  MONTH: (at) => sql<number>`unixepoch(${at} / 1000, 'unixepoch', 'start of month') * 1000`,
} as const satisfies Record<StatsBucket, (at: SQL<number>) => SQL<number>>;

const localTime = (at: AnySQLiteColumn, offsetMs: number): SQL<number> =>
  offsetMs === 0 ? sql<number>`${at}` : sql<number>`(${at} + ${sql.raw(String(offsetMs))})`;

/** By what buckets are split. The empty text of totals is unknown. */
export const DIMENSIONS = {
  PROVIDER: { ofCalls: calls.providerId, ofTotals: callTotals.providerId },
  DIRECTION: { ofCalls: calls.direction, ofTotals: callTotals.direction },
  END_CATEGORY: { ofCalls: calls.endCategory, ofTotals: callTotals.endCategory },
} as const satisfies Record<
  StatsDimension,
  { readonly ofCalls: AnySQLiteColumn; readonly ofTotals: AnySQLiteColumn }
>;

const durationMs = sql<number>`coalesce(sum(max(${calls.durationMs}, 0)), 0)`;

export function totalsOfCalls(db: Db, source: SQL, where: SQL | undefined): readonly CallTotals[] {
  const isLive = sql<number>`${calls.status} <> 'ENDED'`;
  return db
    .select({
      providerId: sql<ProviderId>`${calls.providerId}`,
      isLive,
      endCategory: sql<EndCategory | null>`${calls.endCategory}`,
      calls: count(),
      measured: count(calls.durationMs),
      durationMs,
    })
    .from(source)
    .where(where)
    .groupBy(calls.providerId, isLive, calls.endCategory)
    .all()
    .map((row) => ({ ...row, isLive: row.isLive === 1 }));
}

export function totalsOfPeriods(db: Db, where: SQL | undefined): readonly CallTotals[] {
  return db
    .select({
      providerId: callTotals.providerId,
      endCategory: callTotals.endCategory,
      calls: sum(callTotals.calls),
      measured: sum(callTotals.measured),
      durationMs: sum(callTotals.durationMs),
    })
    .from(callTotals)
    .where(where)
    .groupBy(callTotals.providerId, callTotals.endCategory)
    .all()
    .map(({ endCategory, ...row }) => ({ ...row, isLive: false, endCategory: endCategory || null }));
}

/** Which buckets to read: the first `limit`. */
interface BucketSelection extends OffsetSeries {
  readonly where: SQL | undefined;
}

export function bucketsOfCalls(
  db: Db,
  source: SQL,
  { where, bucket, offsetMs, splitBy, limit }: BucketSelection,
): readonly BucketTotals[] {
  const at = STARTS[bucket](localTime(calls.createdAt, offsetMs));
  const key = splitBy && sql<string | null>`${DIMENSIONS[splitBy].ofCalls}`;
  return db
    .select({ at, ...(key && { key }), calls: count(), durationMs })
    .from(source)
    .where(where)
    .groupBy(at, ...(key ? [key] : []))
    .orderBy(at)
    .limit(limit)
    .all();
}

/** `where` must select one period. If it is as long as the buckets, SQLite reads in order and stops at the limit. */
export function bucketsOfPeriods(
  db: Db,
  period: TotalsPeriod,
  { where, bucket, offsetMs, splitBy, limit }: BucketSelection,
): readonly BucketTotals[] {
  const local = localTime(callTotals.start, offsetMs);
  const at = period === bucket && offsetMs === 0 ? local : STARTS[bucket](local);
  const key = splitBy && sql<string | null>`nullif(${DIMENSIONS[splitBy].ofTotals}, '')`;
  return db
    .select({ at, ...(key && { key }), calls: sum(callTotals.calls), durationMs: sum(callTotals.durationMs) })
    .from(callTotals)
    .where(where)
    .groupBy(at, ...(key ? [key] : []))
    .orderBy(at)
    .limit(limit)
    .all();
}

export const sum = (column: AnySQLiteColumn): SQL<number> => sql<number>`sum(${column})`;
