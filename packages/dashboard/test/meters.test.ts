import { describe, expect, test } from 'vitest';
import type { CallLevels } from '../page/levels/documents.ts';
import { createMeters, fillOf, nextFill } from '../page/levels/meters.ts';

test.each([
  [0, 1],
  [-30, 0.5],
  [-60, 0],
  [-90, 0],
  [3, 1],
])('%d dBFS fills a meter to %d', (db, fill) => expect(fillOf(db)).toBeCloseTo(fill));

test('a meter rises fast, falls slowly and reaches its level', () => {
  const rise = nextFill(0, 1);
  expect(rise).toBeGreaterThan(1 - nextFill(1, 0));
  let fill = 1;
  for (let frame = 0; frame < 60; frame++) fill = nextFill(fill, 0);
  expect(fill).toBe(0);
});

describe('createMeters', () => {
  const levels = (rmsDb: number): CallLevels[] => [
    { callId: 'a', parties: [{ party: 'CUSTOMER', rmsDb, speaking: true }] },
  ];
  const element = () => ({ style: { transform: '' } }) as HTMLElement;

  function page() {
    const frames: (() => void)[] = [];
    const meters = createMeters((frame) => void frames.push(frame));
    const run = (count: number): void => {
      for (let i = 0; i < count; i++) frames.shift()?.();
    };
    return { meters, frames, run };
  }

  test('draws in animation frames and stops when all meters have reached their level', () => {
    const { meters, frames, run } = page();
    const bar = element();
    meters.attach('a', 'CUSTOMER', bar);
    meters.update(levels(-30));
    run(60);
    expect(bar.style.transform).toBe('scaleX(0.500)');
    expect(frames).toEqual([]);
    meters.update(levels(-30));
    run(1);
    expect(frames).toEqual([]);
  });

  test('draws a meter only for its call and party, and not after it is detached', () => {
    const { meters, run } = page();
    const [own, other] = [element(), element()];
    const detach = meters.attach('a', 'CUSTOMER', own);
    meters.attach('a', 'ASSISTANT', other);
    detach();
    meters.update(levels(0));
    run(60);
    expect([own.style.transform, other.style.transform]).toEqual(['', '']);
  });

  test('falls to zero when the audio of a call is no longer received', () => {
    const { meters, run } = page();
    const bar = element();
    meters.attach('a', 'CUSTOMER', bar);
    meters.update(levels(-6));
    run(60);
    expect(bar.style.transform).not.toBe('scaleX(0.000)');
    meters.update([{ callId: 'a', parties: [] }]);
    run(60);
    expect(bar.style.transform).toBe('scaleX(0.000)');
  });
});
