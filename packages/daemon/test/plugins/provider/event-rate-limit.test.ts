import { providerCallId, type ProviderEventType } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { EventRateLimit } from '../../../src/plugins/provider/event-rate-limit.ts';

const LIMIT = 1000;
let clock: FakeClock;
let rateLimit: EventRateLimit;

beforeEach(() => {
  clock = createFakeClock();
  const isLive = (id: string): boolean => id === 'live';
  rateLimit = new EventRateLimit({ clock, eventsPerSecond: LIMIT, isLive });
});

/** Emits events and returns how many are accepted. */
function accepted(events: number, type: ProviderEventType, call: (i: number) => string): number {
  let count = 0;
  for (let i = 0; i < events; i++)
    if (rateLimit.accept({ type, providerCallId: providerCallId(call(i)) })) count++;
  return count;
}

const ofOne = (): string => 'one';
const ofMany = (i: number): string => `call ${i % 100}`;

describe('within a second', () => {
  test('a provider is limited, and the limit is renewed in the next second', async () => {
    expect(accepted(5000, 'utterance.final', ofMany)).toBe(LIMIT);
    await clock.advance(999);
    expect(accepted(1, 'utterance.final', ofMany)).toBe(0);
    await clock.advance(1);
    expect(accepted(5000, 'utterance.final', ofMany)).toBe(LIMIT);
  });

  test('one call may use a tenth of the limit, and the others the rest', () => {
    expect(accepted(5000, 'utterance.final', ofOne)).toBe(LIMIT / 10);
    expect(accepted(900, 'utterance.final', ofMany)).toBe(900);
  });

  test('transient events may use half of the limit, in total and per call, and durable events the rest', () => {
    expect(accepted(5000, 'utterance.partial', ofOne)).toBe(LIMIT / 20);
    expect(accepted(5000, 'utterance.final', ofOne)).toBe(LIMIT / 20);
    expect(accepted(5000, 'speech.started', ofMany)).toBe(LIMIT / 2 - LIMIT / 10);
    expect(accepted(5000, 'utterance.final', ofMany)).toBe(LIMIT / 2);
  });

  test('the end of a live call is accepted above the limit, the end of another call is not', () => {
    accepted(5000, 'utterance.final', ofMany);
    expect(accepted(1, 'call.ended', () => 'live')).toBe(1);
    expect(accepted(1, 'call.ended', () => 'ended')).toBe(0);
  });

  test('one report of a call whose end was accepted is accepted above the limit', () => {
    accepted(1, 'call.ended', () => 'live');
    accepted(5000, 'utterance.final', ofMany);
    expect(accepted(1, 'call.report', () => 'unknown')).toBe(0);
    expect(accepted(2, 'call.report', () => 'live')).toBe(1);
    expect(accepted(1, 'call.ended', () => 'live')).toBe(1);
    expect(accepted(2, 'call.report', () => 'live')).toBe(1);
  });
});

test('a wall clock that is set back or forward does not change the second', async () => {
  const stepped = createFakeClock();
  const limit = new EventRateLimit({ clock: stepped, eventsPerSecond: 10, isLive: () => false });
  const accept = (i: number): boolean =>
    limit.accept({ type: 'utterance.final', providerCallId: providerCallId(`${i}`) });
  expect(Array.from({ length: 11 }, (_, i) => accept(i)).at(-1)).toBe(false);
  stepped.stepWallClock(-10_000);
  expect(accept(0)).toBe(false);
  stepped.stepWallClock(20_000);
  expect(accept(0)).toBe(false);
  await stepped.advance(1000);
  expect(accept(0)).toBe(true);
});
