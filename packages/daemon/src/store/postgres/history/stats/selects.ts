/**
 * The parts of statements that count calls: of their rows, or of the totals of periods. The parts of one answer are joined with
 * `union all`, so they see the same calls, and an answer is one round trip.
 */
import type { StatsBucket, StatsDimension } from '../../../../history/stats-bucket.ts';
import { MILLIONTHS } from '../../../../history/stats-merge.ts';
import { STEP_RATIO } from '../../../../history/duration-steps.ts';
import type { OffsetSeries, TotalledDimension } from '../../../../history/stats-plan.ts';
import type { TotalsPeriod } from '../../../../history/totals-periods.ts';
import type { Add } from '../../parameters.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The epoch started on a Thursday; weeks start on Mondays. */
const EPOCH_WEEKDAY_MS = 3 * DAY_MS;

/** The remainder has the sign of the dividend; the time may be before the epoch. */
const intervalStart = (at: string, lengthMs: number, offsetMs = 0): string =>
  `${at} - ((${at} + ${offsetMs}) % ${lengthMs} + ${lengthMs}) % ${lengthMs}`;

/** Start of the interval that contains a time, epoch ms. */
const STARTS = {
  HOUR: (at) => intervalStart(at, HOUR_MS),
  DAY: (at) => intervalStart(at, DAY_MS),
  WEEK: (at) => intervalStart(at, 7 * DAY_MS, EPOCH_WEEKDAY_MS),
  MONTH: (at) =>
    `(extract(epoch from date_trunc('month', to_timestamp(floor(${at} / 1000.0)) at time zone 'UTC')) * 1000)::bigint`,
} as const satisfies Record<StatsBucket, (at: string) => string>;

const localTime = (at: string, offsetMs: number): string =>
  offsetMs === 0 ? at : `(${at} + ${String(offsetMs)})`;

/** By what buckets of calls are split. */
const OF_CALLS = {
  PROVIDER: 'c.provider_id',
  DIRECTION: 'c.direction',
  END_CATEGORY: 'c.end_category',
  ASSISTANT: 'c.assistant_key',
} as const satisfies Record<StatsDimension, string>;

/** The same for totals, which are not grouped by the others. Their empty text is unknown. */
const OF_TOTALS = {
  PROVIDER: "nullif(t.provider_id, '')",
  DIRECTION: "nullif(t.direction, '')",
  END_CATEGORY: "nullif(t.end_category, '')",
} as const satisfies Record<TotalledDimension, string>;

const NO_KEY = 'null::text';
const keyOfTotals = ({ splitBy }: OffsetSeries): string =>
  splitBy ? OF_TOTALS[splitBy as TotalledDimension] : NO_KEY;

/** A series is split by some assistants only: there can be more than rows in a result. */
function keyOfCalls({ splitBy }: OffsetSeries, assistants: readonly string[], add: Add): string {
  if (splitBy !== 'ASSISTANT') return splitBy ? OF_CALLS[splitBy] : NO_KEY;
  return `case when c.assistant_key = any(${add(assistants)}) then c.assistant_key end`;
}

const DURATION = 'coalesce(sum(greatest(c.duration_ms, 0)), 0)::bigint';
const sum = (column: string): string => `sum(t.${column})::bigint`;

export const totalsOfCalls = (where: string): string =>
  `select c.provider_id as "providerId", c.status <> 'ENDED' as "isLive", c.end_category as "endCategory",
    count(*) as calls, count(c.duration_ms) as measured, ${DURATION} as "durationMs"
  from calls as c where ${where} group by 1, 2, 3`;

export const totalsOfPeriods = (where: string): string =>
  `select t.provider_id as "providerId", false as "isLive", nullif(t.end_category, '') as "endCategory",
    ${sum('calls')} as calls, ${sum('measured')} as measured, ${sum('duration_ms')} as "durationMs"
  from call_totals as t where ${where} group by 1, 2, 3`;

/** Which buckets to read: the first `limit`. `at` is a local time. */
export interface BucketSelection {
  readonly where: string;
  readonly series: OffsetSeries;
  readonly add: Add;
  readonly assistants?: readonly string[];
}

export function bucketsOfCalls({ where, series, add, assistants = [] }: BucketSelection): string {
  const at = STARTS[series.bucket](localTime('c.created_at', series.offsetMs));
  return `select ${at} as at, ${keyOfCalls(series, assistants, add)} as key, count(*) as calls, ${DURATION} as "durationMs"
    from calls as c where ${where} group by 1, 2 order by 1, 2 nulls first limit ${add(series.limit)}`;
}

/** `where` must select the period. */
export function bucketsOfPeriods(period: TotalsPeriod, { where, series, add }: BucketSelection): string {
  const { bucket, offsetMs } = series;
  const local = localTime('t.start', offsetMs);
  const at = period === bucket && offsetMs === 0 ? local : STARTS[bucket](local);
  return `select ${at} as at, ${keyOfTotals(series)} as key, ${sum('calls')} as calls, ${sum('duration_ms')} as "durationMs"
    from call_totals as t where ${where} group by 1, 2 order by 1, 2 nulls first limit ${add(series.limit)}`;
}

/** The totals of a time of day, for each UTC day from one to another. */
export const totalsOfWindow = (
  where: string,
  days: { readonly from: number; readonly until: number },
  window: { readonly from: number; readonly until: number },
  series: OffsetSeries,
): string =>
  `select day.at, ${keyOfTotals(series)} as key, ${sum('calls')} as calls, ${sum('duration_ms')} as "durationMs"
    from generate_series(${days.from}::bigint, ${days.until - DAY_MS}::bigint, ${DAY_MS}::bigint) as day(at)
    cross join lateral (select * from call_totals as t where ${where}
      and t.start >= day.at + ${window.from} and t.start < day.at + ${window.until} offset 0) as t
    group by 1, 2`;

/** Rounded as SQLite does. */
export const costsOfCalls = (where: string): string =>
  `select 'COST' as measure, c.cost_currency as key, count(*) as calls,
    sum(trunc(c.cost_amount * ${MILLIONTHS} + case when c.cost_amount < 0 then -0.5 else 0.5 end)::bigint)::bigint as value
  from calls as c where ${where} and c.cost_amount is not null and c.cost_currency is not null group by 2`;

export const durationsOfCalls = (where: string): string =>
  `select 'DURATION' as measure,
    trunc(ln(greatest(c.duration_ms, 1)::double precision) / ln(${STEP_RATIO}::double precision))::bigint::text as key,
    count(*) as calls, 0::bigint as value
  from calls as c where ${where} and c.duration_ms is not null group by 2`;

export const measuresOfPeriods = (measure: 'COST' | 'DURATION', where: string): string =>
  `select '${measure}' as measure, t.key, ${sum('calls')} as calls, ${sum('value')} as value
  from call_measures as t where ${where} and t.measure = '${measure}' group by 2`;

/** Returns the condition of the rows of totals within a range, whose ends may be infinite. */
export function periodCondition(
  period: TotalsPeriod,
  { from, until }: { readonly from: number; readonly until: number },
  add: Add,
): string {
  const isFrom = Number.isFinite(from) ? ` and t.start >= ${add(from)}::bigint` : '';
  const isUntil = Number.isFinite(until) ? ` and t.start < ${add(until)}::bigint` : '';
  return `t.period = '${period}'${isFrom}${isUntil}`;
}
