/** Call statistics: totals, and counts per interval of their creation. */
import { count, sql, type SQL } from 'drizzle-orm';
import type { StatsBucket } from '../../history/stats-bucket.ts';
import { scanCondition } from '../call-filter.ts';
import type { Db } from '../db.ts';
import { calls } from '../schema.ts';
import type { HistoryReader } from './queries.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The epoch started on a Thursday; weeks start on Mondays. */
const EPOCH_WEEKDAY_MS = 3 * DAY_MS;

const intervalStart = (lengthMs: number, offsetMs = 0): SQL<number> =>
  sql<number>`${calls.createdAt} - (${calls.createdAt} + ${sql.raw(String(offsetMs))}) % ${sql.raw(String(lengthMs))}`;

/** Start of the interval in which a call was created, epoch ms. */
const STARTS = {
  HOUR: intervalStart(HOUR_MS),
  DAY: intervalStart(DAY_MS),
  WEEK: intervalStart(7 * DAY_MS, EPOCH_WEEKDAY_MS),
  MONTH: sql<number>`unixepoch(${calls.createdAt} / 1000, 'unixepoch', 'start of month') * 1000`,
} as const satisfies Record<StatsBucket, SQL<number>>;

const durationMs = sql<number>`coalesce(sum(max(${calls.durationMs}, 0)), 0)`;

export function createStats(db: Db): Pick<HistoryReader, 'callTotals' | 'callBuckets'> {
  return {
    callTotals(filter) {
      const isLive = sql<number>`${calls.status} <> 'ENDED'`;
      const rows = db
        .select({
          providerId: calls.providerId,
          isLive,
          endCategory: calls.endCategory,
          calls: count(),
          measured: count(calls.durationMs),
          durationMs,
        })
        .from(calls)
        .where(scanCondition(filter))
        .groupBy(calls.providerId, isLive, calls.endCategory)
        .all();
      return rows.map((row) => ({ ...row, isLive: row.isLive === 1 }));
    },
    callBuckets(filter, bucket, limit) {
      const at = STARTS[bucket];
      return db
        .select({ at, calls: count(), durationMs })
        .from(calls)
        .where(scanCondition(filter))
        .groupBy(at)
        .orderBy(at)
        .limit(limit)
        .all();
    },
  };
}
