import { describe, expect, it } from 'vitest';
import {
  QUICK_FAILURES,
  reconnectDelayMs,
  SLOW_MAX_MS,
  SLOW_MIN_MS,
} from '../../src/connection/reconnect-wait.ts';

describe('reconnectDelayMs', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((failures) =>
    reconnectDelayMs(failures, 'DEEPGRAM_CONNECTION_LOST', 0),
  );

  it('is 0 after the first failure, then doubles, and finally is slow', () => {
    expect(delays).toEqual([0, 1000, 2000, 4000, 8000, 10_000, SLOW_MIN_MS]);
    expect(delays).toHaveLength(QUICK_FAILURES + 1);
  });

  it('is reduced by jitter by at most half', () => {
    expect(reconnectDelayMs(4, 'DEEPGRAM_UNAVAILABLE', 0.5)).toBe(3000);
    expect(reconnectDelayMs(4, 'DEEPGRAM_UNAVAILABLE', 1)).toBe(2000);
  });

  it('is slow from the first failure on if the limit of streams is reached', () => {
    expect(reconnectDelayMs(1, 'DEEPGRAM_RATE_LIMITED', 0)).toBe(SLOW_MIN_MS);
    expect(reconnectDelayMs(1, 'DEEPGRAM_RATE_LIMITED', 1)).toBe(SLOW_MAX_MS);
    expect(reconnectDelayMs(99, 'DEEPGRAM_CONNECTION_LOST', 0)).toBe(SLOW_MIN_MS);
  });
});
