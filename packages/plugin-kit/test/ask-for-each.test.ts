import { ASK_PAUSE_MS, askForEach, MAX_COOL_DOWN_MS } from '../src/index.ts';
import { FaultError } from '@sidetone/core';
import { createControlledCall, createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

const calls = ['a', 'b', 'c'].map((id) => createControlledCall(id));
const signal = new AbortController().signal;

describe('asking about many calls', () => {
  it('asks for one after another, with a pause between two', async () => {
    const clock = createFakeClock(0);
    const asked: string[] = [];
    const done = askForEach(clock, calls, signal, ({ providerCallId }) => {
      asked.push(`${providerCallId} at ${clock.now()}`);
      return Promise.resolve();
    });
    await clock.advance(2 * ASK_PAUSE_MS);
    await done;
    expect(asked).toEqual(['a at 0', `b at ${ASK_PAUSE_MS}`, `c at ${2 * ASK_PAUSE_MS}`]);
  });

  it('goes on after a failure, and tells of it at the end', async () => {
    const clock = createFakeClock(0);
    const asked: string[] = [];
    const done = askForEach(clock, calls, signal, ({ providerCallId }) => {
      asked.push(providerCallId);
      return providerCallId === 'a' ? Promise.reject(new Error('broken')) : Promise.resolve();
    });
    const failure = done.catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await failure).toMatchObject({
      code: 'PROVIDER_UNREACHABLE',
      message: '1 of 3 calls could not be asked for: broken',
    });
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [{ retryAfterSeconds: 7 }, 7000],
    [{ retryAfterSeconds: 7000 }, MAX_COOL_DOWN_MS],
    [{}, MAX_COOL_DOWN_MS],
  ])('cools down as long as told after too many questions: %j', async (details, waitMs) => {
    const clock = createFakeClock(0);
    const at: number[] = [];
    const done = askForEach(clock, calls.slice(0, 2), signal, () => {
      at.push(clock.now());
      return at.length === 1
        ? Promise.reject(new FaultError('PROVIDER_RATE_LIMITED', 'slow down', { details }))
        : Promise.resolve();
    });
    const failure = done.catch((error: unknown) => error);
    await clock.advance(waitMs + ASK_PAUSE_MS);
    expect(await failure).toMatchObject({ code: 'PROVIDER_UNREACHABLE' });
    expect(at).toEqual([0, waitMs + ASK_PAUSE_MS]);
  });

  it('stops when it is told to', async () => {
    const clock = createFakeClock(0);
    const abort = new AbortController();
    const asked: string[] = [];
    const done = askForEach(clock, calls, abort.signal, ({ providerCallId }) => {
      asked.push(providerCallId);
      return Promise.resolve();
    });
    await clock.settle();
    abort.abort();
    await done;
    expect(asked).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });
});
