/** Statistics from the totals of ended calls: see `history/stats-plan.ts`. */
import { and, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import type { CallTotals } from '../../history/ports.ts';
import { mergeBuckets, mergeTotals, toMeasures } from '../../history/stats-merge.ts';
import { areDaysShifted, endedRanges, MEASURED_PERIODS, periodsOf } from '../../history/stats-plan.ts';
import type { CoveredRange, TotalsPeriod } from '../../history/totals-periods.ts';
import { filterCondition, IS_ENDED, IS_LIVE, scanCondition } from '../call-filter.ts';
import { INTERRUPTION_POINT, type Db } from '../db.ts';
import { callMeasures, callTotals } from '../schema.ts';
import type { Stats } from './queries.ts';
import { costsOfCalls, durationsOfCalls, measuresOfPeriods } from './stats-measures.ts';
import {
  bucketsOfCalls,
  bucketsOfPeriods,
  CALLS_BY_AGE,
  LIVE_CALLS,
  totalsOfCalls,
  totalsOfPeriods,
} from './stats-rows.ts';
import { bucketsOfShiftedDays } from './shifted-days.ts';
import { readZonedBuckets } from './zoned-buckets.ts';

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
        const ended = endedRanges(filter, periodsOf(series)).flatMap(({ by, ...range }) => {
          if (by === 'CALLS')
            return bucketsOfCalls(db, CALLS_BY_AGE, { where: endedWithin(range, filter), ...series });
          if (by === 'DAY' && areDaysShifted(series))
            return bucketsOfShiftedDays(db, range, (each) => periodsWithin(each, range, filter), series);
          return bucketsOfPeriods(db, by, { where: periodsWithin(by, range, filter), ...series });
        });
        const live = bucketsOfCalls(db, LIVE_CALLS, { where: isLiveIn(filter), ...series });
        return mergeBuckets([...ended, ...live]).slice(0, series.limit);
      }),
    callMeasures(filter) {
      const costs = endedRanges(filter, MEASURED_PERIODS.COST).flatMap(({ by, ...range }) =>
        by === 'CALLS'
          ? costsOfCalls(db, CALLS_BY_AGE, endedWithin(range, filter))
          : measuresOfPeriods(db, 'COST', measuresWithin(by, range, filter)),
      );
      const durations = endedRanges(filter, MEASURED_PERIODS.DURATION).flatMap(({ by, ...range }) =>
        by === 'CALLS'
          ? durationsOfCalls(db, CALLS_BY_AGE, endedWithin(range, filter))
          : measuresOfPeriods(db, 'DURATION', measuresWithin(by, range, filter)),
      );
      return toMeasures([...costs, ...costsOfCalls(db, LIVE_CALLS, isLiveIn(filter))], durations);
    },
  };
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
