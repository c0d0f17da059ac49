import type { CallId } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import type { LevelSource, PartyLevel } from '../../src/live/ports.ts';
import { LevelReader } from '../../src/live/level-reader.ts';
import { LevelTicks } from '../../src/live/level-ticks.ts';

const [A, B] = ['call_a' as CallId, 'call_b' as CallId];
const LOUD = { rmsDb: -9, peakDb: -6, speaking: true };

/** Creates levels set by the test, and a reader that is pulled at every tick. */
function setUp(callIds?: readonly CallId[]) {
  const clock = createFakeClock();
  const calls = new Map<CallId, readonly PartyLevel[]>();
  const source: LevelSource = { read: (id) => calls.get(id) ?? [], calls: () => [...calls.keys()] };
  const reader = new LevelReader(new LevelTicks({ levels: source, clock }, callIds, 20));
  const received: unknown[] = [];
  const stop = reader.everyTick(() => {
    const item = reader.pull();
    if (item)
      received.push(item.calls.map(({ callId, parties }) => [callId, ...parties.map(({ rmsDb }) => rmsDb)]));
  });
  const set = (id: CallId, rmsDb: number): void =>
    void calls.set(id, [{ ...LOUD, rmsDb, party: 'CUSTOMER', at: clock.now() }]);
  return { clock, calls, received, set, stop };
}

test('a tick returns all changed calls in one item, and no others', async () => {
  const { clock, received, set, stop } = setUp();
  set(A, -9);
  set(B, -20);
  await clock.advance(20);
  set(B, -30);
  await clock.advance(40);
  stop();
  expect(received).toEqual([
    [
      [A, -9],
      [B, -20],
    ],
    [[B, -30]],
  ]);
});

test('only the requested calls are returned', async () => {
  const { clock, received, set, stop } = setUp([B]);
  set(A, -9);
  set(B, -20);
  await clock.advance(20);
  stop();
  expect(received).toEqual([[[B, -20]]]);
});

test('a call whose stream ends while a party speaks is returned as silent, once', async () => {
  const { clock, calls, received, set, stop } = setUp();
  set(A, -9);
  await clock.advance(20);
  calls.clear();
  await clock.advance(200);
  set(A, -9);
  await clock.advance(20);
  stop();
  expect(received).toEqual([[[A, -9]], [[A, -90]], [[A, -9]]]);
});

test('readers with the same ticks receive the same item, and one that skipped a tick what it has missed', async () => {
  const clock = createFakeClock();
  let [rmsDb, reads] = [-9, 0];
  const ticks = new LevelTicks(
    {
      clock,
      levels: {
        calls: () => [A, B],
        read: (id) => {
          reads++;
          return [{ ...LOUD, rmsDb: id === A ? rmsDb : -20, party: 'CUSTOMER', at: clock.now() }];
        },
      },
    },
    undefined,
    20,
  );
  const readers = [new LevelReader(ticks), new LevelReader(ticks), new LevelReader(ticks)];
  const stops = readers.map((reader) => reader.everyTick(() => undefined));
  await clock.advance(20);
  const [first, second] = [readers[0]!.pull(), readers[1]!.pull()];
  expect(first?.calls.map(({ callId }) => callId)).toEqual([A, B]);
  expect(second).toBe(first);
  rmsDb = -30;
  await clock.advance(20);
  const [changed, sameChange, all] = readers.map((reader) => reader.pull());
  expect(changed?.calls.map(({ callId }) => callId)).toEqual([A]);
  expect(sameChange).toBe(changed);
  expect(all?.calls.map(({ callId, parties }) => [callId, parties[0]!.rmsDb])).toEqual([
    [A, -30],
    [B, -20],
  ]);
  // Two calls in each of two ticks.
  expect(reads).toBe(4);
  for (const stop of stops) stop();
  expect(ticks.listeners).toBe(0);
  await clock.advance(100);
  expect(readers[0]!.pull()).toBeUndefined();
});
