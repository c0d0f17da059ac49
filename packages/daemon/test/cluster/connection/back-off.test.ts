import { expect, test } from 'vitest';
import { BackOff, MAX_DELAY_MS } from '../../../src/cluster/connection/back-off.ts';

test('delays grow up to a limit, and start again after a success', () => {
  const backOff = new BackOff(() => 1);
  const delays = Array.from({ length: 8 }, () => {
    const { delayMs } = backOff;
    backOff.attempted();
    return delayMs;
  });
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, MAX_DELAY_MS, MAX_DELAY_MS]);
  backOff.reset();
  expect(backOff.delayMs).toBe(100);
});

test('a delay is the same until the next attempt, and at least half of the longest one', () => {
  let random = 0;
  const backOff = new BackOff(() => (random += 0.1));
  expect(backOff.delayMs).toBe(backOff.delayMs);
  expect(new BackOff(() => 0).delayMs).toBe(50);
});
