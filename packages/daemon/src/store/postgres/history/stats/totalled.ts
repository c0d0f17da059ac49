/** The selects of statistics from the totals of ended calls: see `history/stats-plan.ts`. */
import type { CallFilter } from '../../../../calls/ports.ts';
import {
  areDaysShifted,
  endedRanges,
  MEASURED_PERIODS,
  movedWindows,
  periodsOf,
  type OffsetSeries,
} from '../../../../history/stats-plan.ts';
import type { TimeRange, TotalsPeriod } from '../../../../history/totals-periods.ts';
import { callCondition } from '../../call-filter.ts';
import type { Parameters } from '../../parameters.ts';
import {
  bucketsOfCalls,
  bucketsOfPeriods,
  costsOfCalls,
  durationsOfCalls,
  measuresOfPeriods,
  periodCondition,
  totalsOfCalls,
  totalsOfPeriods,
  totalsOfWindow,
} from './selects.ts';

export const selectTotals = (filter: CallFilter, parameters: Parameters): readonly string[] => [
  ...endedRanges(filter).map(({ by, ...range }) =>
    by === 'CALLS'
      ? totalsOfCalls(endedWithin(range, filter, parameters))
      : totalsOfPeriods(periodsWithin(by, range, filter, parameters)),
  ),
  totalsOfCalls(isLiveIn(filter, parameters)),
];

export function selectMeasures(filter: CallFilter, parameters: Parameters): readonly string[] {
  const ended = (['COST', 'DURATION'] as const).flatMap((measure) => {
    const ofCalls = { COST: costsOfCalls, DURATION: durationsOfCalls }[measure];
    return endedRanges(filter, MEASURED_PERIODS[measure]).map(({ by, ...range }) =>
      by === 'CALLS'
        ? ofCalls(endedWithin(range, filter, parameters))
        : measuresOfPeriods(measure, periodsWithin(by, range, filter, parameters)),
    );
  });
  return [...ended, costsOfCalls(isLiveIn(filter, parameters))];
}

/** A select of buckets. MOVED ones belong to the neighbours of the days that they name. */
export interface BucketSelect {
  readonly kind: 'COUNTED' | 'MOVED';
  readonly text: string;
}

export function selectBuckets(
  filter: CallFilter,
  series: OffsetSeries,
  parameters: Parameters,
): readonly BucketSelect[] {
  const { add } = parameters;
  const counted = (text: string): BucketSelect => ({ kind: 'COUNTED', text });
  const ended = endedRanges(filter, periodsOf(series)).flatMap(({ by, ...range }) => {
    if (by === 'CALLS')
      return [counted(bucketsOfCalls({ where: endedWithin(range, filter, parameters), series, add }))];
    if (by === 'DAY' && areDaysShifted(series)) return selectShiftedDays(range, filter, series, parameters);
    return [
      counted(bucketsOfPeriods(by, { where: periodsWithin(by, range, filter, parameters), series, add })),
    ];
  });
  return [...ended, counted(bucketsOfCalls({ where: isLiveIn(filter, parameters), series, add }))];
}

function selectShiftedDays(
  range: TimeRange,
  filter: CallFilter,
  series: OffsetSeries,
  parameters: Parameters,
): readonly BucketSelect[] {
  const { add } = parameters;
  const unshifted = { ...series, offsetMs: 0, limit: Number.MAX_SAFE_INTEGER };
  const where = periodsWithin('DAY', range, filter, parameters);
  return [
    { kind: 'COUNTED', text: bucketsOfPeriods('DAY', { where, series: unshifted, add }) },
    ...movedWindows(series).map(({ by, ...window }): BucketSelect => {
      const isWithin = periodsWithin(by, range, filter, parameters);
      return { kind: 'MOVED', text: totalsOfWindow(isWithin, range, window, series) };
    }),
  ];
}

function endedWithin({ from, until }: TimeRange, filter: CallFilter, parameters: Parameters): string {
  const { createdAfter: _after, createdBefore: _before, ...others } = filter;
  const within = {
    ...others,
    ...(Number.isFinite(from) && { createdAfter: from }),
    ...(Number.isFinite(until) && { createdBefore: until }),
  };
  return `c.status = 'ENDED' and ${callCondition(within, parameters)}`;
}

const isLiveIn = (filter: CallFilter, parameters: Parameters): string =>
  `c.status <> 'ENDED' and ${callCondition(filter, parameters)}`;

function periodsWithin(
  period: TotalsPeriod,
  range: TimeRange,
  { providerIds, directions, endCategories }: CallFilter,
  { add }: Parameters,
): string {
  const conditions = [
    periodCondition(period, range, add),
    ...(providerIds ? [`t.provider_id = any(${add(providerIds)})`] : []),
    ...(directions ? [`t.direction = any(${add(directions)})`] : []),
    ...(endCategories ? [`t.end_category = any(${add(endCategories)})`] : []),
  ];
  return conditions.join(' and ');
}
