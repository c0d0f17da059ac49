/**
 * Durations are counted in steps, each 5 % longer than the one before, so that percentiles of any number of calls are computed
 * from some hundred counts. Pure. The view `ended_call_measures` has the same formula.
 */

export const STEP_RATIO = 1.05;

/** The number of calls whose durations are in one step. */
export interface StepCount {
  readonly step: number;
  readonly calls: number;
}

export const stepOf = (durationMs: number): number =>
  Math.floor(Math.log(Math.max(durationMs, 1)) / Math.log(STEP_RATIO));

/** Returns an estimate of the duration that a part of the calls does not exceed, ms; null if there are none. */
export function percentileOf(steps: readonly StepCount[], part: number): number | null {
  const total = steps.reduce((sum, { calls }) => sum + calls, 0);
  let left = total * part;
  for (const { step, calls } of steps.toSorted((a, b) => a.step - b.step)) {
    if (left <= calls) return Math.round(STEP_RATIO ** (step + left / calls));
    left -= calls;
  }
  return null;
}
