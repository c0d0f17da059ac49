import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIdleTimeout } from '../../src/deepgram/connection/idle-timeout.ts';
import { createInbox, MAX_WAITING } from '../../src/deepgram/connection/inbox.ts';
import type { Incoming } from '../../src/deepgram/connection/inbox.ts';
import { createOutbox } from '../../src/deepgram/connection/outbox.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const second: Incoming = { kind: 'audio', bytes: Buffer.alloc(16_000), seconds: 1 };
const close: Incoming = { kind: 'message', message: { type: 'CloseStream' } };

describe('what was heard', () => {
  it('is told after the delay that applied then, in order', () => {
    let delayMs = 100;
    const told: string[] = [];
    const outbox = createOutbox(() => delayMs);
    outbox.add(() => told.push('first'));
    delayMs = 10;
    outbox.add(() => told.push('second'));
    delayMs = 130;
    outbox.add(() => told.push('third'));
    vi.advanceTimersByTime(99);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['first', 'second']);
    vi.advanceTimersByTime(30);
    expect(told).toEqual(['first', 'second', 'third']);
  });

  it('is told at once without a delay, and not at all after the end', () => {
    const told: string[] = [];
    createOutbox(() => 0).add(() => told.push('at once'));
    const outbox = createOutbox(() => 100);
    outbox.add(() => told.push('never'));
    outbox.close();
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(['at once']);
  });
});

describe('what a client sends', () => {
  it('is handled at no more than so many times real time, and what was said after it waits as well', () => {
    const handled: string[] = [];
    const inbox = createInbox(
      () => ({ throttle: 1.25, throttleBurstMs: 1_000 }),
      ({ kind }) => handled.push(kind),
    );
    for (let seconds = 0; seconds < 5; seconds += 1) inbox.add(second);
    inbox.add(close);
    expect(handled).toHaveLength(2);
    vi.advanceTimersByTime(600);
    expect(handled).toHaveLength(3);
    vi.advanceTimersByTime(800);
    expect(handled).toHaveLength(4);
    vi.advanceTimersByTime(800);
    expect(handled).toEqual(['audio', 'audio', 'audio', 'audio', 'audio', 'message']);
  });

  it('does not wait at real time, nor after a pause', () => {
    let count = 0;
    const inbox = createInbox(
      () => ({ throttle: 1.25, throttleBurstMs: 0 }),
      () => (count += 1),
    );
    for (let seconds = 1; seconds <= 10; seconds += 1) {
      inbox.add(second);
      expect(count).toBe(seconds);
      vi.advanceTimersByTime(1_000);
    }
  });

  it('is handled as fast as it comes when nothing is throttled', () => {
    let count = 0;
    const inbox = createInbox(
      () => ({ throttle: 0, throttleBurstMs: 0 }),
      () => (count += 1),
    );
    for (let seconds = 0; seconds < 100; seconds += 1) inbox.add(second);
    expect(count).toBe(100);
  });

  it('is not taken when too much waits', () => {
    const inbox = createInbox(
      () => ({ throttle: 1, throttleBurstMs: 0 }),
      () => {},
    );
    let taken = 0;
    while (inbox.add(second)) taken += 1;
    expect(taken).toBe(MAX_WAITING + 1);
    inbox.close();
    vi.advanceTimersByTime(10_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an idle socket', () => {
  it('is noticed after so long without a sign of life', () => {
    const onIdle = vi.fn();
    const watch = createIdleTimeout(() => 10_000, onIdle);
    watch.reset('audio');
    for (const kind of ['text', 'audio', 'text'] as const) {
      vi.advanceTimersByTime(9_000);
      watch.reset(kind);
    }
    vi.advanceTimersByTime(9_999);
    expect(onIdle).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onIdle).toHaveBeenCalledTimes(1);
  });

  it('is noticed when there was only ever text', () => {
    const onIdle = vi.fn();
    const watch = createIdleTimeout(() => 10_000, onIdle);
    vi.advanceTimersByTime(6_000);
    watch.reset('text');
    vi.advanceTimersByTime(4_000);
    expect(onIdle).toHaveBeenCalledTimes(1);
    watch.close();
    vi.advanceTimersByTime(60_000);
    expect(onIdle).toHaveBeenCalledTimes(1);
  });
});
