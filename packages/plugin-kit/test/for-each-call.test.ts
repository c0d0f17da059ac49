import { CALL_PAUSE_MS, forEachCall, MAX_RATE_LIMIT_PAUSE_MS } from '../src/index.ts';
import { FaultError } from '@sidetone/core';
import { createControlledCall, createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

const calls = ['a', 'b', 'c'].map((id) => createControlledCall(id));
const signal = new AbortController().signal;

describe('forEachCall', () => {
  it('runs the task for each call, with a pause in between', async () => {
    const clock = createFakeClock(0);
    const seen: string[] = [];
    const done = forEachCall(clock, calls, signal, ({ providerCallId }) => {
      seen.push(`${providerCallId} at ${clock.now()}`);
      return Promise.resolve();
    });
    await clock.advance(2 * CALL_PAUSE_MS);
    await done;
    expect(seen).toEqual(['a at 0', `b at ${CALL_PAUSE_MS}`, `c at ${2 * CALL_PAUSE_MS}`]);
  });

  it('continues after a failure and rejects at the end', async () => {
    const clock = createFakeClock(0);
    const seen: string[] = [];
    const done = forEachCall(clock, calls, signal, ({ providerCallId }) => {
      seen.push(providerCallId);
      return providerCallId === 'a' ? Promise.reject(new Error('broken')) : Promise.resolve();
    });
    const failure = done.catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await failure).toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      message: 'requests for 1 of 3 calls failed: broken',
    });
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [{ retryAfterSeconds: 7 }, 7000],
    [{ retryAfterSeconds: 7000 }, MAX_RATE_LIMIT_PAUSE_MS],
    [{}, MAX_RATE_LIMIT_PAUSE_MS],
  ])('waits after a rate limit with the details %j', async (details, waitMs) => {
    const clock = createFakeClock(0);
    const at: number[] = [];
    const done = forEachCall(clock, calls.slice(0, 2), signal, () => {
      at.push(clock.now());
      return at.length === 1
        ? Promise.reject(new FaultError('PROVIDER_RATE_LIMITED', 'slow down', { details }))
        : Promise.resolve();
    });
    const failure = done.catch((error: unknown) => error);
    await clock.advance(waitMs + CALL_PAUSE_MS);
    expect(await failure).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(at).toEqual([0, waitMs + CALL_PAUSE_MS]);
  });

  it('stops when the signal aborts', async () => {
    const clock = createFakeClock(0);
    const abort = new AbortController();
    const seen: string[] = [];
    const done = forEachCall(clock, calls, abort.signal, ({ providerCallId }) => {
      seen.push(providerCallId);
      return Promise.resolve();
    });
    await clock.settle();
    abort.abort();
    await done;
    expect(seen).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });
});
