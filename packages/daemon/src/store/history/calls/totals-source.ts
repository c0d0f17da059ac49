/** Finds calls by what the totals are grouped by: the totals show in which hours such calls were created. */
import { and, sql, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../../../calls/ports.ts';
import {
  endOfPeriod,
  startOfPeriod,
  TOTALS_PERIODS,
  type TimeRange,
  type TotalsPeriod,
} from '../../../history/totals-periods.ts';
import { filterCondition, IS_ENDED, IS_LIVE } from '../../call-filter.ts';
import { INTERRUPTION_POINT, type Db } from '../../db.ts';
import { callTotals, calls } from '../../schema.ts';
import { areTotalsComplete } from '../../totals.ts';
import { createTotalledStats, periodsWithin } from '../totalled-stats.ts';

type Totalled = Pick<
  CallFilter,
  'providerIds' | 'directions' | 'endCategories' | 'createdAfter' | 'createdBefore'
>;

/** Whether the filter has a condition that no other source has. A period of creation alone is one of them. */
export const hasTotalledCondition = ({
  providerIds,
  directions,
  endCategories,
  createdAfter,
  createdBefore,
}: CallFilter): boolean =>
  (providerIds ?? directions ?? endCategories ?? createdAfter ?? createdBefore) !== undefined;

/** Returns the number of calls with these conditions; Infinity as long as the totals are not complete. */
export function countByTotals(db: Db, filter: CallFilter): number {
  return areTotalsComplete(db) ? createTotalledStats(db).countCalls(totalledPartOf(filter)) : Infinity;
}

function totalledPartOf({
  providerIds,
  directions,
  endCategories,
  createdAfter,
  createdBefore,
}: CallFilter): Totalled {
  return {
    ...(providerIds && { providerIds }),
    ...(directions && { directions }),
    ...(endCategories && { endCategories }),
    ...(createdAfter !== undefined && { createdAfter }),
    ...(createdBefore !== undefined && { createdBefore }),
  };
}

/** Selects the rowids of the calls in the hours that have such calls: a few more than those with the conditions. */
export function callsOfTotals(db: Db, filter: CallFilter): SQL {
  const hours = TOTALS_PERIODS.reduce<readonly TimeRange[]>(
    (ranges, period) => rangesWith(db, period, filter, ranges),
    [rangeOf(filter)],
  );
  const starts = JSON.stringify(hours.map(({ from }) => from));
  return sql`
    select ${calls}.rowid from json_each(${starts}) as hour cross join ${calls} indexed by calls_by_age
    where ${calls.createdAt} >= hour.value and ${calls.createdAt} < hour.value + 3600000 and ${IS_ENDED} and ${INTERRUPTION_POINT}
    union all select rowid from ${calls} indexed by calls_live where ${IS_LIVE} and ${INTERRUPTION_POINT}`;
}

const rangeOf = ({ createdAfter = -Infinity, createdBefore = Infinity }: CallFilter): TimeRange => ({
  from: createdAfter,
  until: createdBefore,
});

/** Returns the periods within the ranges that have ended calls with the conditions, oldest first. */
function rangesWith(
  db: Db,
  period: TotalsPeriod,
  filter: CallFilter,
  ranges: readonly TimeRange[],
): readonly TimeRange[] {
  const list = ranges.map(({ from, until }) => [
    Number.isFinite(from) ? startOfPeriod(period, from) : from,
    until,
  ]);
  const isSelected = periodsWithin(period, { from: -Infinity, until: Infinity }, filter);
  return db
    .all<{ start: number }>(
      sql`
      select distinct ${callTotals.start} as start
      from json_each(${JSON.stringify(list)}) as range cross join ${callTotals}
      where ${callTotals.start} >= coalesce(range.value ->> 0, -9e15)
        and ${callTotals.start} < coalesce(range.value ->> 1, 9e15) and ${isSelected}
      order by ${callTotals.start}`,
    )
    .map(({ start }) => ({ from: start, until: endOfPeriod(period, start) }));
}

/**
 * Returns the months in which calls of the providers, directions and ends of a filter were created, oldest first. Undefined if
 * it has none of these conditions, or the totals are not complete.
 */
export function monthsOfTotals(db: Db, filter: CallFilter): readonly TimeRange[] | undefined {
  const { providerIds, directions, endCategories } = filter;
  if (!(providerIds ?? directions ?? endCategories) || !areTotalsComplete(db)) return undefined;
  const isLive = and(IS_LIVE, filterCondition(totalledPartOf(filter)), INTERRUPTION_POINT);
  const live = db
    .all<{ at: number }>(sql`select created_at as at from ${calls} indexed by calls_live where ${isLive}`)
    .map(({ at }) => startOfPeriod('MONTH', at));
  const ended = rangesWith(db, 'MONTH', filter, [rangeOf(filter)]).map(({ from }) => from);
  const starts = [...new Set([...ended, ...live])].toSorted((a, b) => a - b);
  return starts.map((from) => ({ from, until: endOfPeriod('MONTH', from) }));
}
