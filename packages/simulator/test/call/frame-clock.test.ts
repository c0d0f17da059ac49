import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFrameClock, MAX_CATCH_UP_FRAMES } from '../../src/call/frame-clock.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

describe('the frame clock', () => {
  it('does not drift when its timer is late', () => {
    let now = 0;
    let frames = 0;
    const clock = createFrameClock(() => now);
    clock.onFrame(() => {
      frames += 1;
    });
    // Each timer fires 13 ms late; without the correction, the clock would run at half speed.
    while (now < 10_000) {
      now += vi.getTimerCount() === 0 ? 0 : 33;
      vi.runOnlyPendingTimers();
      expect(Math.abs(frames * 20 - now)).toBeLessThan(40);
    }
    clock.close();
  });

  it('does not make up for a stall of more than a second', () => {
    let now = 0;
    let frames = 0;
    const clock = createFrameClock(() => now);
    clock.onFrame(() => {
      frames += 1;
    });
    now = 60_000;
    vi.runOnlyPendingTimers();
    expect(frames).toBe(MAX_CATCH_UP_FRAMES);
    now = 60_020;
    vi.runOnlyPendingTimers();
    expect(frames).toBe(MAX_CATCH_UP_FRAMES + 1);
    clock.close();
  });

  it('has no timer without subscribers', () => {
    const clock = createFrameClock(() => 0);
    const stop = clock.onFrame(() => {});
    expect(vi.getTimerCount()).toBe(1);
    stop();
    vi.runOnlyPendingTimers();
    expect(vi.getTimerCount()).toBe(0);
  });
});
