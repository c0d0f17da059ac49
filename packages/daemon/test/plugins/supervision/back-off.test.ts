import { describe, expect, test } from 'vitest';
import { BACK_OFF_LONGEST_MS, backOffMs } from '../../../src/plugins/supervision/back-off.ts';

describe('the wait before the next attempt', () => {
  test('doubles from a second up to five minutes', () => {
    const waits = [1, 2, 3, 4, 9, 10, 1000].map((failures) => backOffMs(failures, 1));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 256_000, 300_000, BACK_OFF_LONGEST_MS]);
  });

  test('is shorter by chance, by half at most', () => {
    expect([0, 0.5, 1].map((random) => backOffMs(3, random))).toEqual([2000, 3000, 4000]);
  });
});
