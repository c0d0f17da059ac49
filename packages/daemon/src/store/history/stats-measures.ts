/** Costs by currency and counts of durations: of the rows of calls, or of the measures of periods. */
import { and, count, eq, isNotNull, sql, type SQL } from 'drizzle-orm';
import { STEP_RATIO } from '../../history/duration-steps.ts';
import { MILLIONTHS, type MeasureRow } from '../../history/stats-merge.ts';
import type { Db } from '../db.ts';
import { callMeasures, calls } from '../schema.ts';

export function costsOfCalls(db: Db, source: SQL, where: SQL | undefined): readonly MeasureRow[] {
  return db
    .select({
      key: sql<string>`${calls.costCurrency}`,
      calls: count(),
      value: sql<number>`sum(cast(round(${calls.costAmount} * ${MILLIONTHS}) as integer))`,
    })
    .from(source)
    .where(and(where, isNotNull(calls.costAmount), isNotNull(calls.costCurrency)))
    .groupBy(calls.costCurrency)
    .all();
}

export function durationsOfCalls(db: Db, source: SQL, where: SQL | undefined): readonly MeasureRow[] {
  const step = sql<string>`cast(cast(ln(max(${calls.durationMs}, 1)) / ln(${sql.raw(String(STEP_RATIO))}) as integer) as text)`;
  return db
    .select({ key: step, calls: count(), value: sql<number>`0` })
    .from(source)
    .where(and(where, isNotNull(calls.durationMs)))
    .groupBy(step)
    .all();
}

export function measuresOfPeriods(
  db: Db,
  measure: 'COST' | 'DURATION',
  where: SQL | undefined,
): readonly MeasureRow[] {
  return db
    .select({
      key: callMeasures.key,
      calls: sql<number>`sum(${callMeasures.calls})`,
      value: sql<number>`sum(${callMeasures.value})`,
    })
    .from(callMeasures)
    .where(and(where, eq(callMeasures.measure, measure)))
    .groupBy(callMeasures.key)
    .all();
}
