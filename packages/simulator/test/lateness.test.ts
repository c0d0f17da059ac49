import { describe, expect, it } from 'vitest';
import { createLatenessCheck, IN_TIME_MS, LATE_MS } from '../src/lateness.ts';

/** Returns the warnings after intervals with these mean delays. */
function warningsAfter(...means: readonly number[]): readonly string[] {
  const warnings: string[] = [];
  const check = createLatenessCheck((text) => warnings.push(text));
  for (const mean of means) check(mean);
  return warnings;
}

describe('a machine that is too slow for the calls', () => {
  it('is reported once, with the remedy', () => {
    expect(warningsAfter(20, 400, 900, LATE_MS)).toEqual([
      'this machine is too slow for the simulated calls, which are 0.4 s late: use fewer of them (--calls)',
    ]);
  });

  it('is reported again after it was in time', () => {
    expect(warningsAfter(LATE_MS, IN_TIME_MS, LATE_MS)).toHaveLength(1);
    expect(warningsAfter(LATE_MS, IN_TIME_MS - 1, LATE_MS)).toHaveLength(2);
  });

  it('is not reported for short delays, or without any', () => {
    expect(warningsAfter(LATE_MS - 1, Number.NaN, 0)).toEqual([]);
  });
});
