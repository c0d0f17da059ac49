import { FaultError } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { RETRY_BACK_OFF, withRetries } from '../src/index.ts';

const transient = new FaultError('PROVIDER_UNREACHABLE', 'no connection');
const { firstMs, maxMs } = RETRY_BACK_OFF;

describe('withRetries', () => {
  test('retries with doubling delays up to a maximum until the task resolves', async () => {
    const clock = createFakeClock();
    const attemptedAt: number[] = [];
    const task = async (): Promise<string> => {
      attemptedAt.push(clock.now());
      if (attemptedAt.length < 8) throw transient;
      return 'result';
    };
    const result = withRetries(clock, new AbortController().signal, task);
    await clock.advance(10 * maxMs);
    expect(await result).toBe('result');
    const delays = attemptedAt.slice(1).map((at, i) => at - attemptedAt[i]!);
    expect(delays).toEqual([...[1, 2, 4, 8, 16].map((times) => times * firstMs), maxMs, maxMs]);
  });

  test.each([
    [new FaultError('PROVIDER_RATE_LIMITED', 'x'), true],
    [new FaultError('PROVIDER_TIMEOUT', 'x'), true],
    [new FaultError('PROVIDER_REFUSED', 'x', { details: { status: 500 } }), true],
    [new FaultError('PROVIDER_REFUSED', 'x', { details: { status: 401 } }), false],
    [new TypeError('a bug'), false],
  ])('retries after %s: %s', async (failure, isRetried) => {
    const clock = createFakeClock();
    let attempts = 0;
    const outcome = withRetries(clock, new AbortController().signal, async () => {
      if (++attempts === 1) throw failure;
    }).catch((error: unknown) => error);
    await clock.advance(firstMs);
    expect(await outcome).toBe(isRetried ? undefined : failure);
    expect(attempts).toBe(isRetried ? 2 : 1);
  });

  test('stops retrying when the signal aborts', async () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    let attempts = 0;
    const outcome = withRetries(clock, abort.signal, () => {
      attempts++;
      return Promise.reject(transient);
    }).catch((error: unknown) => error);
    await clock.settle();
    abort.abort();
    expect(await outcome).toBe(transient);
    expect([attempts, clock.pending]).toEqual([1, 0]);
  });
});
