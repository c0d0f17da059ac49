import { pace } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

describe('pace', () => {
  it('steps immediately and then every 20 ms until it is stopped', async () => {
    const clock = createFakeClock();
    const frames: number[] = [];
    const end = pace(clock, (frame) => frames.push(frame));
    await clock.advance(59);
    expect(frames).toEqual([0, 1, 2]);
    end();
    await clock.advance(100);
    expect(frames).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it('makes up for late steps without drift and skips steps after a long stall', () => {
    let now = 0;
    let task = { at: 0, run: (): void => undefined };
    const clock = {
      now: () => 0,
      elapsed: () => now,
      schedule: (delayMs: number, run: () => void) => ((task = { at: now + delayMs, run }), () => undefined),
      delay: () => Promise.resolve(),
    };
    const frames: number[] = [];
    pace(clock, (frame) => frames.push(frame));
    const runAt = (at: number): void => {
      now = at;
      task.run();
    };
    runAt(23);
    expect(task.at).toBe(40);
    runAt(95);
    expect(frames).toEqual([0, 1, 2, 3, 4]);
    expect(task.at).toBe(100);
    runAt(10_000);
    expect(frames.slice(5)).toEqual([490, 491, 492, 493, 494, 495, 496, 497, 498, 499, 500]);
  });

  it('can be stopped by its own step', async () => {
    const clock = createFakeClock();
    const frames: number[] = [];
    const end = pace(clock, (frame) => {
      frames.push(frame);
      if (frame === 1) end();
    });
    await clock.advance(100);
    expect(frames).toEqual([0, 1]);
    expect(clock.pending).toBe(0);
  });
});
