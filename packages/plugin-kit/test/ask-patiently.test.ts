import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { askPatiently, RETRY_FIRST_MS, RETRY_LONGEST_MS } from '../src/index.ts';
import { FaultError } from '@sidetone/core';

const passes = new FaultError('PROVIDER_UNREACHABLE', 'no connection');

describe('a question that has time', () => {
  test('is asked again after waits that double up to a bound, until it is answered', async () => {
    const clock = createFakeClock();
    const askedAt: number[] = [];
    const ask = async (): Promise<string> => {
      askedAt.push(clock.now());
      if (askedAt.length < 8) throw passes;
      return 'answer';
    };
    const answer = askPatiently(clock, new AbortController().signal, ask);
    await clock.advance(10 * RETRY_LONGEST_MS);
    expect(await answer).toBe('answer');
    const waits = askedAt.slice(1).map((at, i) => at - askedAt[i]!);
    const doubled = [1, 2, 4, 8, 16].map((times) => times * RETRY_FIRST_MS);
    expect(waits).toEqual([...doubled, RETRY_LONGEST_MS, RETRY_LONGEST_MS]);
  });

  test.each([
    [new FaultError('PROVIDER_RATE_LIMITED', 'x'), true],
    [new FaultError('PROVIDER_TIMEOUT', 'x'), true],
    [new FaultError('PROVIDER_REFUSED', 'x', { details: { status: 500 } }), true],
    [new FaultError('PROVIDER_REFUSED', 'x', { details: { status: 401 } }), false],
    [new TypeError('a mistake'), false],
  ])('is asked again after %s: %s', async (failure, isAskedAgain) => {
    const clock = createFakeClock();
    let asked = 0;
    const told = askPatiently(clock, new AbortController().signal, async () => {
      if (++asked === 1) throw failure;
    }).catch((error: unknown) => error);
    await clock.advance(RETRY_FIRST_MS);
    expect(await told).toBe(isAskedAgain ? undefined : failure);
    expect(asked).toBe(isAskedAgain ? 2 : 1);
  });

  test('is not asked again once nobody wants the answer', async () => {
    const clock = createFakeClock();
    const asker = new AbortController();
    let asked = 0;
    const told = askPatiently(clock, asker.signal, () => {
      asked++;
      return Promise.reject(passes);
    }).catch((error: unknown) => error);
    await clock.settle();
    asker.abort();
    expect(await told).toBe(passes);
    expect([asked, clock.pending]).toEqual([1, 0]);
  });
});
