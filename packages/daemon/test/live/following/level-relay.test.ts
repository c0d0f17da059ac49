import type { CallId } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { LevelRelay } from '../../../src/live/following/level-relay.ts';
import {
  LEVEL_LIFE_MS,
  LEVEL_RELAY_MS,
  LEVEL_REPEAT_MS,
  LevelSamples,
} from '../../../src/live/following/level-samples.ts';
import type { PartyLevel } from '../../../src/live/ports.ts';
import { createFakeRelays } from './fake-relay.ts';

const [CALL, OTHER] = ['call_1', 'call_2'] as [CallId, CallId];
const level = (rmsDb: number, peakDb = rmsDb + 3): PartyLevel => ({
  party: 'CUSTOMER',
  at: 0,
  rmsDb,
  peakDb,
  speaking: rmsDb > -40,
});

function createNodes() {
  const newRelay = createFakeRelays();
  const clock = createFakeClock();
  const start = () => {
    const relay = newRelay();
    const own = new Map<CallId, PartyLevel[]>();
    const levels = new LevelRelay({
      own: { calls: () => [...own.keys()], read: (callId) => own.get(callId) ?? [] },
      relay,
      clock,
    });
    return { relay, own, levels, stop: levels.start() };
  };
  return { clock, a: start(), b: start() };
}

describe('levels of calls of another node', () => {
  test('are sent while they are demanded: changed ones at once, others now and then', async () => {
    const { clock, a, b } = createNodes();
    a.own.set(CALL, [level(-20)]).set(OTHER, [level(-30)]);
    await clock.advance(5 * LEVEL_RELAY_MS);
    expect([a.relay.sent, clock.pending]).toEqual([[], 0]);
    const end = b.relay.subscriber.follow('levels', CALL, b.levels.receive);
    await clock.advance(LEVEL_RELAY_MS);
    expect([b.levels.calls(), a.relay.sent]).toEqual([[CALL], [`[["call_1",[["CUSTOMER",-20,-17,1]]]]`]]);
    expect(b.levels.read(CALL, 100)).toMatchObject([{ party: 'CUSTOMER', peakDb: -17, speaking: true }]);
    await clock.advance(LEVEL_REPEAT_MS);
    expect(a.relay.sent).toHaveLength(2);
    a.own.set(CALL, [level(-50)]);
    await clock.advance(LEVEL_RELAY_MS);
    expect(b.levels.read(CALL, 20)[0]!.speaking).toBe(false);
    expect(b.levels.read(CALL, 20)[0]!.rmsDb).toBeCloseTo(-50);
    // The audio has ended.
    a.own.delete(CALL);
    await clock.advance(LEVEL_RELAY_MS);
    expect([b.levels.calls(), b.levels.read(CALL, 100)]).toEqual([[], []]);
    end();
    await clock.advance(LEVEL_RELAY_MS);
    expect(clock.pending).toBe(0);
    a.stop();
    b.stop();
  });

  test('of every call share messages, with own ones beside them', async () => {
    const { clock, a, b } = createNodes();
    for (let i = 0; i < 1200; i++) a.own.set(`call_${i}` as CallId, [level(-20)]);
    b.own.set(CALL, [level(-10)]);
    b.relay.subscriber.follow('levels', undefined, b.levels.receive);
    await clock.advance(LEVEL_RELAY_MS);
    expect(a.relay.sent).toHaveLength(3);
    expect(b.levels.calls()).toHaveLength(1200);
    expect(b.levels.read(CALL, 100)[0]!.rmsDb).toBe(-10);
    a.stop();
    expect(clock.pending).toBe(0);
  });

  test('are sent again for a node that begins to demand them', async () => {
    const { clock, a, b } = createNodes();
    a.own.set(CALL, [level(-20)]);
    b.relay.subscriber.follow('levels', undefined, () => undefined);
    await clock.advance(LEVEL_RELAY_MS);
    b.relay.subscriber.follow('levels', CALL, b.levels.receive);
    await clock.advance(LEVEL_RELAY_MS);
    expect(b.levels.calls()).toEqual([CALL]);
    a.stop();
  });
});

describe('samples of levels', () => {
  const now = (elapsed: number) => ({ at: 7, elapsed });

  test('are combined over a window: the mean power and the highest peak', () => {
    const samples = new LevelSamples();
    for (const [elapsed, rms, peak] of [
      [100, -10, -1],
      [200, -20, -15],
      [300, -20, -12],
    ] as const)
      samples.accept(JSON.stringify([[CALL, [['CUSTOMER', rms, peak, elapsed === 300 ? 0 : 1]]]]), elapsed);
    const [recent] = samples.read(CALL, 200, now(310));
    expect(recent).toMatchObject({ at: 7, peakDb: -12, speaking: false });
    expect(recent!.rmsDb).toBeCloseTo(-20);
    const [all] = samples.read(CALL, 1000, now(310));
    expect(all!.peakDb).toBe(-1);
    expect(all!.rmsDb).toBeCloseTo(10 * Math.log10((0.1 + 0.01 + 0.01) / 3));
    expect(samples.read(CALL, 20, now(399))[0]!.peakDb).toBe(-12);
  });

  test('expire, and ignore what is not valid', () => {
    const samples = new LevelSamples();
    for (const text of [
      '',
      '{}',
      '[1]',
      '[[1,[]]]',
      '[["call_1",[["OTHER",1,1,1]]]]',
      '[["call_1",[["CUSTOMER"]]]]',
    ])
      samples.accept(text, 0);
    expect(samples.calls(0)).toEqual([]);
    samples.accept('[["call_1",[["CUSTOMER",-20,-17,1]]]]', 0);
    expect(samples.calls(LEVEL_LIFE_MS - 1)).toEqual([CALL]);
    expect([samples.calls(LEVEL_LIFE_MS), samples.read(CALL, 100, now(LEVEL_LIFE_MS))]).toEqual([[], []]);
  });
});
