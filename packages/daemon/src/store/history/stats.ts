/**
 * Call statistics. Ended calls are read from their totals if the filter has only conditions by which these are grouped;
 * otherwise, and until the totals are complete, every call that the filter selects is read.
 */
import { count } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import { scanCondition } from '../call-filter.ts';
import type { Db } from '../db.ts';
import { calls } from '../schema.ts';
import { areTotalsComplete } from '../totals.ts';
import type { Stats } from './queries.ts';
import { ALL_CALLS, bucketsOfCalls, totalsOfCalls } from './stats-rows.ts';
import { createTotalledStats } from './totalled-stats.ts';

/** The conditions that the totals can answer. */
const ANSWERED_BY_TOTALS: ReadonlySet<string> = new Set<keyof CallFilter>([
  'providerIds',
  'statuses',
  'live',
  'directions',
  'endCategories',
  'createdAfter',
  'createdBefore',
]);

export function createStats(db: Db): Stats {
  const scanned = createScannedStats(db);
  const totalled = createTotalledStats(db);
  /** One snapshot: a call may end between the statements. */
  const answer = <Result>(filter: CallFilter, read: (stats: Stats) => Result): Result =>
    db.transaction(() => {
      const isTotalled = Object.keys(filter).every((key) => ANSWERED_BY_TOTALS.has(key));
      return read(isTotalled && areTotalsComplete(db) ? totalled : scanned);
    });
  return {
    callTotals: (filter) => answer(filter, (stats) => stats.callTotals(filter)),
    callBuckets: (filter, ...rest) => answer(filter, (stats) => stats.callBuckets(filter, ...rest)),
    countCalls: (filter) => answer(filter, (stats) => stats.countCalls(filter)),
  };
}

function createScannedStats(db: Db): Stats {
  return {
    callTotals: (filter) => totalsOfCalls(db, ALL_CALLS, scanCondition(filter)),
    callBuckets: (filter, bucket, limit) =>
      bucketsOfCalls(db, ALL_CALLS, { where: scanCondition(filter), bucket, limit }),
    countCalls: (filter) =>
      db.select({ calls: count() }).from(calls).where(scanCondition(filter)).get()?.calls ?? 0,
  };
}
