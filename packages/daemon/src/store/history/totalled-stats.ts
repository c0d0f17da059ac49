/**
 * Statistics from the totals of ended calls. A time range consists of whole months, days and hours, whose totals are read, and
 * of less than an hour at each end, whose calls are read, as all live calls are.
 */
import { and, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import type { CallTotals } from '../../history/ports.ts';
import type { StatsBucket } from '../../history/stats-bucket.ts';
import {
  coverRange,
  HOUR_MS,
  QUARTER_MS,
  TOTALS_PERIODS,
  type CoveredRange,
  type TotalsPeriod,
} from '../../history/totals-periods.ts';
import { filterCondition, IS_ENDED, IS_LIVE, scanCondition } from '../call-filter.ts';
import { INTERRUPTION_POINT, type Db } from '../db.ts';
import { callMeasures, callTotals } from '../schema.ts';
import type { Stats } from './queries.ts';
import { costsOfCalls, durationsOfCalls, measuresOfPeriods, toMeasures } from './stats-measures.ts';
import {
  bucketsOfCalls,
  bucketsOfPeriods,
  CALLS_BY_AGE,
  LIVE_CALLS,
  totalsOfCalls,
  totalsOfPeriods,
} from './stats-rows.ts';
import { bucketsOfShiftedDays, isShiftable } from './shifted-days.ts';
import { mergeBuckets, readZonedBuckets, type OffsetSeries } from './zoned-buckets.ts';

/** The periods that never cross the boundary of an interval, longest first. */
const PERIODS_WITHIN = {
  HOUR: ['HOUR', 'QUARTER'],
  DAY: ['DAY', 'HOUR', 'QUARTER'],
  WEEK: ['DAY', 'HOUR', 'QUARTER'],
  MONTH: TOTALS_PERIODS,
} as const satisfies Record<StatsBucket, readonly TotalsPeriod[]>;

/** The periods for which measures are stored, longest first. */
const COST_PERIODS = ['MONTH', 'DAY'] as const satisfies readonly TotalsPeriod[];
const DURATION_PERIODS = ['MONTH'] as const satisfies readonly TotalsPeriod[];

/** The local calendar of an offset starts hours, or only quarters of an hour, with those of UTC; before 1900, neither. */
function periodsFor({ bucket, offsetMs }: OffsetSeries): readonly TotalsPeriod[] {
  if (offsetMs === 0) return PERIODS_WITHIN[bucket];
  if (offsetMs % HOUR_MS === 0) return PERIODS_WITHIN.HOUR;
  return offsetMs % QUARTER_MS === 0 ? ['QUARTER'] : [];
}

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
    callBuckets: (request, zoned) =>
      readZonedBuckets(db, request, zoned, (filter, series) => {
        const areDaysShifted = isShiftable(series, QUARTER_MS);
        const periods: readonly TotalsPeriod[] = [
          ...(areDaysShifted ? (['DAY'] as const) : []),
          ...periodsFor(series),
        ];
        const ended = endedRanges(filter, periods).flatMap(({ by, ...range }) => {
          if (by === 'CALLS')
            return bucketsOfCalls(db, CALLS_BY_AGE, { where: endedWithin(range, filter), ...series });
          if (by === 'DAY' && areDaysShifted)
            return bucketsOfShiftedDays(db, range, (each) => periodsWithin(each, range, filter), series);
          return bucketsOfPeriods(db, by, { where: periodsWithin(by, range, filter), ...series });
        });
        const live = bucketsOfCalls(db, LIVE_CALLS, { where: isLiveIn(filter), ...series });
        return mergeBuckets([...ended, ...live]).slice(0, series.limit);
      }),
    callMeasures(filter) {
      const costs = endedRanges(filter, COST_PERIODS).flatMap(({ by, ...range }) =>
        by === 'CALLS'
          ? costsOfCalls(db, CALLS_BY_AGE, endedWithin(range, filter))
          : measuresOfPeriods(db, 'COST', measuresWithin(by, range, filter)),
      );
      const durations = endedRanges(filter, DURATION_PERIODS).flatMap(({ by, ...range }) =>
        by === 'CALLS'
          ? durationsOfCalls(db, CALLS_BY_AGE, endedWithin(range, filter))
          : measuresOfPeriods(db, 'DURATION', measuresWithin(by, range, filter)),
      );
      return toMeasures([...costs, ...costsOfCalls(db, LIVE_CALLS, isLiveIn(filter))], durations);
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

export const periodsWithin = (period: TotalsPeriod, range: Range, filter: CallFilter): SQL | undefined =>
  rowsWithin(callTotals, period, range, filter);

const measuresWithin = (period: TotalsPeriod, range: Range, filter: CallFilter): SQL | undefined =>
  rowsWithin(callMeasures, period, range, filter);

function rowsWithin(
  table: typeof callTotals | typeof callMeasures,
  period: TotalsPeriod,
  { from, until }: Range,
  { providerIds, directions, endCategories }: CallFilter,
): SQL | undefined {
  return and(
    eq(table.period, period),
    gte(table.start, from),
    lt(table.start, until),
    providerIds && inArray(table.providerId, [...providerIds]),
    directions && inArray(table.direction, [...directions]),
    endCategories && inArray(table.endCategory, [...endCategories]),
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
