import { describe, expect, it } from 'vitest';
import { backOffMs, QUICK_FAILURES, SLOW_FROM_MS, SLOW_TO_MS } from '../../src/connection/back-off.ts';

describe('the wait before the next attempt', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7].map((failures) => backOffMs(failures, 'DEEPGRAM_CONNECTION_LOST', 0));

  it('is none after the first failure, then grows, and is a slow one in the end', () => {
    expect(longest).toEqual([0, 1000, 2000, 4000, 8000, 10_000, SLOW_FROM_MS]);
    expect(longest).toHaveLength(QUICK_FAILURES + 1);
  });

  it('is shortened by chance, by at most half', () => {
    expect(backOffMs(4, 'DEEPGRAM_UNAVAILABLE', 0.5)).toBe(3000);
    expect(backOffMs(4, 'DEEPGRAM_UNAVAILABLE', 1)).toBe(2000);
  });

  it('is slow from the first on when too many streams are open, and never shorter than so much', () => {
    expect(backOffMs(1, 'DEEPGRAM_RATE_LIMITED', 0)).toBe(SLOW_FROM_MS);
    expect(backOffMs(1, 'DEEPGRAM_RATE_LIMITED', 1)).toBe(SLOW_TO_MS);
    expect(backOffMs(99, 'DEEPGRAM_CONNECTION_LOST', 0)).toBe(SLOW_FROM_MS);
  });
});
