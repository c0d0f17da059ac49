/**
 * Statistics from the totals of ended calls. A time range consists of whole months, days and hours, whose totals are read, and
 * of less than an hour at each end, whose calls are read, as all live calls are.
 */
import { and, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import type { CallTotals } from '../../history/ports.ts';
import type { BucketTotals, StatsBucket } from '../../history/stats-bucket.ts';
import {
  coverRange,
  TOTALS_PERIODS,
  type CoveredRange,
  type TotalsPeriod,
} from '../../history/totals-periods.ts';
import { filterCondition, IS_ENDED, IS_LIVE, scanCondition } from '../call-filter.ts';
import { INTERRUPTION_POINT, type Db } from '../db.ts';
import { callTotals } from '../schema.ts';
import type { Stats } from './queries.ts';
import {
  bucketsOfCalls,
  bucketsOfPeriods,
  CALLS_BY_AGE,
  LIVE_CALLS,
  totalsOfCalls,
  totalsOfPeriods,
} from './stats-rows.ts';

/** The periods that never cross the boundary of an interval, longest first. */
const PERIODS_WITHIN = {
  HOUR: ['HOUR'],
  DAY: ['DAY', 'HOUR'],
  WEEK: ['DAY', 'HOUR'],
  MONTH: TOTALS_PERIODS,
} as const satisfies Record<StatsBucket, readonly TotalsPeriod[]>;

export function createTotalledStats(db: Db): Stats {
  const totalsOf = (filter: CallFilter): readonly CallTotals[] => [
    ...endedRanges(filter).flatMap(({ by, ...range }) =>
      by === 'CALLS'
        ? totalsOfCalls(db, CALLS_BY_AGE, endedWithin(range, filter))
        : totalsOfPeriods(db, periodsWithin(by, range, filter)),
    ),
    ...totalsOfCalls(db, LIVE_CALLS, isLiveIn(filter)),
  ];
  return {
    callTotals: (filter) => mergeTotals(totalsOf(filter)),
    countCalls: (filter) => totalsOf(filter).reduce((sum, totals) => sum + totals.calls, 0),
    callBuckets(filter, bucket, limit) {
      const ended = endedRanges(filter, PERIODS_WITHIN[bucket]).flatMap(({ by, ...range }) =>
        by === 'CALLS'
          ? bucketsOfCalls(db, CALLS_BY_AGE, { where: endedWithin(range, filter), bucket, limit })
          : bucketsOfPeriods(db, by, { where: periodsWithin(by, range, filter), bucket, limit }),
      );
      const live = bucketsOfCalls(db, LIVE_CALLS, { where: isLiveIn(filter), bucket, limit });
      return mergeBuckets([...ended, ...live]).slice(0, limit);
    },
  };
}

/** The ranges of the ended calls that a filter selects. */
function endedRanges(filter: CallFilter, periods?: readonly TotalsPeriod[]): readonly CoveredRange[] {
  const { createdAfter = -Infinity, createdBefore = Infinity, live, statuses } = filter;
  if (live === true || (statuses && !statuses.includes('ENDED'))) return [];
  return coverRange({ from: createdAfter, until: createdBefore }, periods);
}

type Range = Omit<CoveredRange, 'by'>;

function endedWithin({ from, until }: Range, filter: CallFilter): SQL | undefined {
  const isWithin = filterCondition({ ...filter, createdAfter: from, createdBefore: until });
  return and(IS_ENDED, isWithin, INTERRUPTION_POINT);
}

const isLiveIn = (filter: CallFilter): SQL | undefined => and(IS_LIVE, scanCondition(filter));

export function periodsWithin(
  period: TotalsPeriod,
  { from, until }: Range,
  filter: CallFilter,
): SQL | undefined {
  const { providerIds, directions, endCategories } = filter;
  return and(
    eq(callTotals.period, period),
    gte(callTotals.start, from),
    lt(callTotals.start, until),
    providerIds && inArray(callTotals.providerId, [...providerIds]),
    directions && inArray(callTotals.direction, [...directions]),
    endCategories && inArray(callTotals.endCategory, [...endCategories]),
    INTERRUPTION_POINT,
  );
}

function mergeTotals(all: readonly CallTotals[]): readonly CallTotals[] {
  const merged = new Map<string, CallTotals>();
  for (const totals of all) {
    const key = JSON.stringify([totals.providerId, totals.isLive, totals.endCategory]);
    const { calls: others = 0, measured = 0, durationMs = 0 } = merged.get(key) ?? {};
    merged.set(key, {
      ...totals,
      calls: totals.calls + others,
      measured: totals.measured + measured,
      durationMs: totals.durationMs + durationMs,
    });
  }
  return [...merged.values()];
}

function mergeBuckets(all: readonly BucketTotals[]): readonly BucketTotals[] {
  const merged = new Map<number, BucketTotals>();
  for (const { at, calls: added, durationMs: addedMs } of all) {
    const { calls: others = 0, durationMs = 0 } = merged.get(at) ?? {};
    merged.set(at, { at, calls: added + others, durationMs: addedMs + durationMs });
  }
  return [...merged.values()].toSorted((a, b) => a.at - b.at);
}
