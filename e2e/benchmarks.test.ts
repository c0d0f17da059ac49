/** Runs the quickest benchmark. The others are long tests. */
import { expect, test } from 'vitest';
import { expectMeasurements, LISTED, namesOfBenchmarks, QUICKEST } from './support/benchmarks.ts';

test('every benchmark is run here or by the long tests', () => {
  expect(LISTED).toEqual(namesOfBenchmarks());
});

test(`${QUICKEST} measures every alternative`, () => expectMeasurements(QUICKEST));
