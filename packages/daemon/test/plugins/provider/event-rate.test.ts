import { providerCallId, type ProviderEventType } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { EventRate } from '../../../src/plugins/provider/event-rate.ts';

const BOUND = 1000;
let clock: FakeClock;
let rate: EventRate;

beforeEach(() => {
  clock = createFakeClock();
  const isLive = (id: string): boolean => id === 'live';
  rate = new EventRate({ clock, eventsPerSecond: BOUND, isLive });
});

/** How many of so many events are taken. */
function taken(events: number, type: ProviderEventType, call: (i: number) => string): number {
  let count = 0;
  for (let i = 0; i < events; i++) if (rate.takes({ type, providerCallId: providerCallId(call(i)) })) count++;
  return count;
}

const ofOne = (): string => 'one';
const ofMany = (i: number): string => `call ${i % 100}`;

describe('in a second', () => {
  test('a provider tells no more than the bound, and as much again in the next', async () => {
    expect(taken(5000, 'utterance.final', ofMany)).toBe(BOUND);
    await clock.advance(999);
    expect(taken(1, 'utterance.final', ofMany)).toBe(0);
    await clock.advance(1);
    expect(taken(5000, 'utterance.final', ofMany)).toBe(BOUND);
  });

  test('one call that floods takes a tenth, and the others have the rest', () => {
    expect(taken(5000, 'utterance.final', ofOne)).toBe(BOUND / 10);
    expect(taken(900, 'utterance.final', ofMany)).toBe(900);
  });

  test('what passes takes half of it, of all calls and of each, and what lasts has the rest', () => {
    expect(taken(5000, 'utterance.partial', ofOne)).toBe(BOUND / 20);
    expect(taken(5000, 'utterance.final', ofOne)).toBe(BOUND / 20);
    expect(taken(5000, 'speech.started', ofMany)).toBe(BOUND / 2 - BOUND / 10);
    expect(taken(5000, 'utterance.final', ofMany)).toBe(BOUND / 2);
  });

  test('the end of a live call is taken beyond it, and that of another is not', () => {
    taken(5000, 'utterance.final', ofMany);
    expect(taken(1, 'call.ended', () => 'live')).toBe(1);
    expect(taken(1, 'call.ended', () => 'over')).toBe(0);
  });
});

test('a clock that was set back does not shut a provider out', () => {
  let now = 10_000;
  const back = new EventRate({
    clock: { ...clock, now: () => now },
    eventsPerSecond: 10,
    isLive: () => false,
  });
  const take = (i: number): boolean =>
    back.takes({ type: 'utterance.final', providerCallId: providerCallId(`${i}`) });
  expect(Array.from({ length: 11 }, (_, i) => take(i)).at(-1)).toBe(false);
  now = 0;
  expect(take(0)).toBe(true);
});
