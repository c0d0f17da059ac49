/** Counts of calls, by what they are and by when they came to be. */
import { count, sql, type SQL } from 'drizzle-orm';
import type { StatsBucket } from '../../history/stats-bucket.ts';
import type { Db } from '../database.ts';
import { matching } from './filter.ts';
import type { HistoryReader } from './reader.ts';
import { calls } from '../schema.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The epoch began on a Thursday; weeks begin on Mondays. */
const EPOCH_WEEKDAY_MS = 3 * DAY_MS;

const sinceStart = (lengthMs: number, offsetMs = 0): SQL<number> =>
  sql<number>`${calls.createdAt} - (${calls.createdAt} + ${sql.raw(String(offsetMs))}) % ${sql.raw(String(lengthMs))}`;

/** When the stretch begins that a call came to be in. */
const STARTS = {
  HOUR: sinceStart(HOUR_MS),
  DAY: sinceStart(DAY_MS),
  WEEK: sinceStart(7 * DAY_MS, EPOCH_WEEKDAY_MS),
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
        .where(matching(filter))
        .groupBy(calls.providerId, isLive, calls.endCategory)
        .all();
      return rows.map((row) => ({ ...row, isLive: row.isLive === 1 }));
    },
    callBuckets(filter, bucket, limit) {
      const at = STARTS[bucket];
      return db
        .select({ at, calls: count(), durationMs })
        .from(calls)
        .where(matching(filter))
        .groupBy(at)
        .orderBy(at)
        .limit(limit)
        .all();
    },
  };
}
