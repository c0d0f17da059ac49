/** Sums and counts of calls: of their rows, or of the totals of periods. */
import type { EndCategory, ProviderId } from '@sidetone/core';
import { and, count, desc, inArray, isNotNull, sql, type SQL } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { CallTotals } from '../../history/ports.ts';
import {
  MAX_ASSISTANTS,
  type BucketTotals,
  type StatsBucket,
  type StatsDimension,
} from '../../history/stats-bucket.ts';
import type { OffsetSeries, TotalledDimension } from '../../history/stats-plan.ts';
import type { TotalsPeriod } from '../../history/totals-periods.ts';
import type { Db } from '../db.ts';
import { callTotals, calls } from '../schema.ts';

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

/** By what buckets of calls are split. */
const OF_CALLS = {
  PROVIDER: calls.providerId,
  DIRECTION: calls.direction,
  END_CATEGORY: calls.endCategory,
  ASSISTANT: calls.assistantKey,
} as const satisfies Record<StatsDimension, AnySQLiteColumn>;

/** The same for totals, which are not grouped by the others. Their empty text is unknown. */
const OF_TOTALS = {
  PROVIDER: callTotals.providerId,
  DIRECTION: callTotals.direction,
  END_CATEGORY: callTotals.endCategory,
} as const satisfies Record<TotalledDimension, AnySQLiteColumn>;

/** Returns by what rows of totals are split. */
export function keyOfTotals(splitBy: StatsDimension): SQL<string | null> {
  return sql<string | null>`nullif(${OF_TOTALS[splitBy as TotalledDimension]}, '')`;
}

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

/** Returns the assistants with the most calls. */
export function busiestAssistants(db: Db, source: SQL, where: SQL | undefined): readonly string[] {
  return db
    .select({ key: sql<string>`${calls.assistantKey}` })
    .from(source)
    .where(and(where, isNotNull(calls.assistantKey)))
    .groupBy(calls.assistantKey)
    .orderBy(desc(count()), calls.assistantKey)
    .limit(MAX_ASSISTANTS)
    .all()
    .map(({ key }) => key);
}

/** Which buckets to read: the first `limit`. */
interface BucketSelection extends OffsetSeries {
  readonly where: SQL | undefined;
}

/** The calls of a bucket are split by some assistants only: there can be more than rows in a result. */
interface CallBucketSelection extends BucketSelection {
  readonly assistants?: readonly string[];
}

function keyOfCalls(splitBy: StatsDimension, assistants: readonly string[]): SQL<string | null> {
  const column = OF_CALLS[splitBy];
  if (splitBy !== 'ASSISTANT') return sql<string | null>`${column}`;
  return sql<string | null>`case when ${inArray(column, [...assistants])} then ${column} end`;
}

export function bucketsOfCalls(
  db: Db,
  source: SQL,
  { where, bucket, offsetMs, splitBy, limit, assistants = [] }: CallBucketSelection,
): readonly BucketTotals[] {
  const at = STARTS[bucket](localTime(calls.createdAt, offsetMs));
  const key = splitBy && keyOfCalls(splitBy, assistants);
  return (
    db
      .select({ at, ...(key && { key }), calls: count(), durationMs })
      .from(source)
      .where(where)
      // The second column is the key.
      .groupBy(at, ...(key ? [sql`2`] : []))
      .orderBy(at, ...(key ? [sql`2`] : []))
      .limit(limit)
      .all()
  );
}

/** `where` must select one period. If it is as long as the buckets, SQLite reads in order and stops at the limit. */
export function bucketsOfPeriods(
  db: Db,
  period: TotalsPeriod,
  { where, bucket, offsetMs, splitBy, limit }: BucketSelection,
): readonly BucketTotals[] {
  const local = localTime(callTotals.start, offsetMs);
  const at = period === bucket && offsetMs === 0 ? local : STARTS[bucket](local);
  const key = splitBy && keyOfTotals(splitBy);
  return db
    .select({ at, ...(key && { key }), calls: sum(callTotals.calls), durationMs: sum(callTotals.durationMs) })
    .from(callTotals)
    .where(where)
    .groupBy(at, ...(key ? [key] : []))
    .orderBy(at, ...(key ? [key] : []))
    .limit(limit)
    .all();
}

export const sum = (column: AnySQLiteColumn): SQL<number> => sql<number>`sum(${column})`;
