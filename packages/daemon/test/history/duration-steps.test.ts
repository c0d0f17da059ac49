import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentileOf, STEP_RATIO, stepOf } from '../../src/history/duration-steps.ts';

test('a percentile differs from the exact one by less than a step', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 2_147_483_647 }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.9, 0.95),
      (durations, part) => {
        const exact = durations.toSorted((a, b) => a - b)[Math.ceil(durations.length * part) - 1]!;
        const steps = durations.map((ms) => ({ step: stepOf(ms), calls: 1 }));
        const estimate = percentileOf(steps, part)!;
        expect(estimate).toBeGreaterThanOrEqual(Math.floor(exact / STEP_RATIO));
        expect(estimate).toBeLessThanOrEqual(Math.ceil(exact * STEP_RATIO));
      },
    ),
  );
});

test('there is none without calls', () => {
  expect(percentileOf([], 0.5)).toBeNull();
});
