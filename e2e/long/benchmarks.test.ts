/** Runs the benchmarks that `npm test` does not run. */
import { test } from 'vitest';
import { BENCHMARKS, expectMeasurements, QUICKEST } from '../support/benchmarks.ts';

test.each(BENCHMARKS.filter((name) => name !== QUICKEST))(
  '%s measures every alternative',
  expectMeasurements,
);
