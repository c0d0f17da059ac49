import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIdleTimeout } from '../../src/deepgram/connection/idle-timeout.ts';
import { createInbox, MAX_WAITING } from '../../src/deepgram/connection/inbox.ts';
import type { Incoming } from '../../src/deepgram/connection/inbox.ts';
import { createOutbox } from '../../src/deepgram/connection/outbox.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const second: Incoming = { kind: 'audio', bytes: Buffer.alloc(16_000), seconds: 1 };
const close: Incoming = { kind: 'message', message: { type: 'CloseStream' } };

describe('the outbox', () => {
  it('runs actions in order after their delay', () => {
    let delayMs = 100;
    const results: string[] = [];
    const outbox = createOutbox(() => delayMs);
    outbox.add(() => results.push('first'));
    delayMs = 10;
    outbox.add(() => results.push('second'));
    delayMs = 130;
    outbox.add(() => results.push('third'));
    vi.advanceTimersByTime(99);
    expect(results).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(results).toEqual(['first', 'second']);
    vi.advanceTimersByTime(30);
    expect(results).toEqual(['first', 'second', 'third']);
  });

  it('runs actions immediately without a delay, and none after close', () => {
    const results: string[] = [];
    createOutbox(() => 0).add(() => results.push('at once'));
    const outbox = createOutbox(() => 100);
    outbox.add(() => results.push('never'));
    outbox.close();
    vi.advanceTimersByTime(1_000);
    expect(results).toEqual(['at once']);
  });
});

describe('the inbox', () => {
  it('limits the speed of audio, and delays messages after it', () => {
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

  it('does not delay audio in real time, or after a pause', () => {
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

  it('passes on everything immediately without a throttle', () => {
    let count = 0;
    const inbox = createInbox(
      () => ({ throttle: 0, throttleBurstMs: 0 }),
      () => (count += 1),
    );
    for (let seconds = 0; seconds < 100; seconds += 1) inbox.add(second);
    expect(count).toBe(100);
  });

  it('rejects messages when it is full', () => {
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

describe('the idle timeout', () => {
  it('fires without messages', () => {
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

  it('fires if there was only text', () => {
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
