/** Costs by currency and counts of durations: of the rows of calls, or of the measures of periods. */
import { and, count, eq, isNotNull, sql, type SQL } from 'drizzle-orm';
import { STEP_RATIO } from '../../history/duration-steps.ts';
import type { CallMeasures } from '../../history/ports.ts';
import type { Db } from '../db.ts';
import { callMeasures, calls } from '../schema.ts';

/** Costs are summed in millionths, because the sum of fractions depends on their order. */
const MILLIONTHS = 1e6;

interface MeasureRow {
  /** The currency, or the step of the duration. */
  readonly key: string;
  readonly calls: number;
  readonly value: number;
}

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

/** Adds rows of the same key. Currencies and steps are in order. */
export function toMeasures(costs: readonly MeasureRow[], durations: readonly MeasureRow[]): CallMeasures {
  return {
    costs: merge(costs).map(({ key, value }) => ({ currency: key, amount: value / MILLIONTHS })),
    durations: merge(durations)
      .map(({ key, calls: counted }) => ({ step: Number(key), calls: counted }))
      .toSorted((a, b) => a.step - b.step),
  };
}

function merge(rows: readonly MeasureRow[]): readonly MeasureRow[] {
  const merged = new Map<string, MeasureRow>();
  for (const { key, calls: added, value } of rows) {
    const known = merged.get(key);
    merged.set(key, { key, calls: added + (known?.calls ?? 0), value: value + (known?.value ?? 0) });
  }
  return [...merged.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
