import { describe, expect, it } from 'vitest';
import { backOffMs } from '../src/index.ts';

const BACK_OFF = { firstMs: 100, maxMs: 1000, jitter: 0.5 };

describe('backOffMs', () => {
  it('doubles with each failure up to the maximum', () => {
    expect([1, 2, 3, 4, 5, 6].map((failures) => backOffMs(BACK_OFF, failures))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
  });

  it('removes at most the jitter share from a delay', () => {
    expect(backOffMs(BACK_OFF, 3, 0)).toBe(400);
    expect(backOffMs(BACK_OFF, 3, 0.5)).toBe(300);
    expect(backOffMs(BACK_OFF, 3, 1)).toBe(200);
  });

  it('has no jitter by default', () => {
    expect(backOffMs({ firstMs: 100, maxMs: 1000 }, 2, 1)).toBe(200);
  });

  it('stays finite after very many failures', () => {
    expect(backOffMs(BACK_OFF, 5000)).toBe(1000);
  });
});
