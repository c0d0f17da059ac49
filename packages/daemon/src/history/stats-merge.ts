/** Adds rows of statistics that were counted apart, such as those of live calls and of each period. Pure. */
import type { CallMeasures, CallTotals } from './ports.ts';
import type { BucketTotals } from './stats-bucket.ts';

/** Costs are summed in millionths, because the sum of fractions depends on their order. */
export const MILLIONTHS = 1e6;

export interface MeasureRow {
  /** The currency, or the step of the duration. */
  readonly key: string;
  readonly calls: number;
  readonly value: number;
}

/** Adds totals of the same group. */
export function mergeTotals(all: readonly CallTotals[]): readonly CallTotals[] {
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

/** Adds buckets of the same start and key, the oldest first. Those of one start are in the order of their keys, null first. */
export function mergeBuckets(all: readonly BucketTotals[]): readonly BucketTotals[] {
  const merged = new Map<string, BucketTotals>();
  for (const totals of all) {
    const key = `${totals.at} ${totals.key ?? ''}`;
    const { calls: others = 0, durationMs = 0 } = merged.get(key) ?? {};
    merged.set(key, {
      ...totals,
      calls: totals.calls + others,
      durationMs: totals.durationMs + durationMs,
    });
  }
  return [...merged.values()]
    .filter(({ calls: some }) => some > 0)
    .toSorted((a, b) => a.at - b.at || compareKeys(a.key ?? '', b.key ?? ''));
}

const compareKeys = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** Adds rows of the same key. Currencies and steps are in order. */
export function toMeasures(costs: readonly MeasureRow[], durations: readonly MeasureRow[]): CallMeasures {
  return {
    costs: mergeMeasures(costs).map(({ key, value }) => ({ currency: key, amount: value / MILLIONTHS })),
    durations: mergeMeasures(durations)
      .map(({ key, calls: counted }) => ({ step: Number(key), calls: counted }))
      .toSorted((a, b) => a.step - b.step),
  };
}

function mergeMeasures(rows: readonly MeasureRow[]): readonly MeasureRow[] {
  const merged = new Map<string, MeasureRow>();
  for (const { key, calls: added, value } of rows) {
    const known = merged.get(key);
    merged.set(key, { key, calls: added + (known?.calls ?? 0), value: value + (known?.value ?? 0) });
  }
  return [...merged.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
