import type { CallId } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import type { LevelSource, PartyLevel } from '../../src/live/ports.ts';
import { LevelReader } from '../../src/live/level-reader.ts';

const [A, B] = ['call_a' as CallId, 'call_b' as CallId];
const LOUD = { rmsDb: -9, peakDb: -6, speaking: true };

/** Levels that a test sets, and a reader of them that is pulled at every tick. */
function setUp(callIds?: readonly CallId[]) {
  const clock = createFakeClock();
  const calls = new Map<CallId, readonly PartyLevel[]>();
  const source: LevelSource = { read: (id) => calls.get(id) ?? [], calls: () => [...calls.keys()] };
  const reader = new LevelReader(source, callIds, 20, clock);
  const told: unknown[] = [];
  const stop = reader.everyTick(() => {
    const item = reader.pull();
    if (item)
      told.push(item.calls.map(({ callId, parties }) => [callId, ...parties.map(({ rmsDb }) => rmsDb)]));
  });
  const say = (id: CallId, rmsDb: number): void =>
    void calls.set(id, [{ ...LOUD, rmsDb, party: 'CUSTOMER', at: clock.now() }]);
  return { clock, calls, told, say, stop };
}

test('a tick tells every call that changed in one message, and no other', async () => {
  const { clock, told, say, stop } = setUp();
  say(A, -9);
  say(B, -20);
  await clock.advance(20);
  say(B, -30);
  await clock.advance(40);
  stop();
  expect(told).toEqual([
    [
      [A, -9],
      [B, -20],
    ],
    [[B, -30]],
  ]);
});

test('only the calls that were asked for are told', async () => {
  const { clock, told, say, stop } = setUp([B]);
  say(A, -9);
  say(B, -20);
  await clock.advance(20);
  stop();
  expect(told).toEqual([[[B, -20]]]);
});

test('a call whose stream ended in the middle of a word is told as silence, once, and does not freeze', async () => {
  const { clock, calls, told, say, stop } = setUp();
  say(A, -9);
  await clock.advance(20);
  calls.clear();
  await clock.advance(200);
  say(A, -9);
  await clock.advance(20);
  stop();
  expect(told).toEqual([[[A, -9]], [[A, -90]], [[A, -9]]]);
});
