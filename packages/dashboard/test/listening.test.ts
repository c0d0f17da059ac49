import { beforeEach, describe, expect, test } from 'vitest';
import type { Listener, ListenStatus } from '../page/listen/listener.ts';
import {
  CALL_OVER,
  createListening,
  ENDED_VISIBLE_MS,
  MAX_RETRIES,
  type Listening,
} from '../page/listening/listening.ts';

interface FakeListener extends Listener {
  readonly log: string[];
  become(status: ListenStatus, error?: string): void;
}

function fakeListener(): FakeListener {
  const listeners = new Set<() => void>();
  const log: string[] = [];
  const full = { volume: 1, isMuted: false };
  let state = {
    status: 'idle' as ListenStatus,
    lostMs: 0,
    volumes: { CUSTOMER: full, ASSISTANT: full },
  };
  return {
    log,
    become(status, error) {
      state = { ...state, status, ...(error !== undefined && { error }) };
      for (const listener of listeners) listener();
    },
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async () => void log.push('start'),
    stop: () => void log.push('stop'),
    setVolume: () => undefined,
  };
}

let created: Record<string, FakeListener>;
let timers: { readonly delayMs: number; readonly run: () => void }[];
let listening: Listening;
const next = () => timers.shift()!;

beforeEach(() => {
  created = {};
  timers = [];
  listening = createListening({
    createListener: async (callId) => (created[callId] = fakeListener()),
    schedule(delayMs, run) {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  });
});

describe('listening', () => {
  test('stops listening to a call when another one is listened to', async () => {
    await listening.start({ callId: 'a', name: 'A' });
    await listening.start({ callId: 'b', name: 'B' });
    expect(created['a']!.log).toEqual(['start', 'stop']);
    expect(created['b']!.log).toEqual(['start']);
    expect(listening.state()).toMatchObject({ callId: 'b', name: 'B' });
    listening.stop();
    expect(created['b']!.log).toEqual(['start', 'stop']);
    expect(listening.state()).toBeUndefined();
  });

  test('listens only to the last call if several are started at once', async () => {
    await Promise.all(['a', 'b', 'c'].map((callId) => listening.start({ callId, name: callId })));
    expect(listening.state()!.callId).toBe('c');
    expect([created['a']!.log, created['b']!.log]).toEqual([[], []]);
  });

  test('opens a lost connection again, later after each failed attempt', async () => {
    await listening.start({ callId: 'a', name: 'A' });
    const { become, log } = created['a']!;
    become('playing');
    for (const delayMs of [1000, 2000, 4000, 8000, 8000]) {
      become('failed', 'lost');
      expect(listening.state()!.isReconnecting).toBe(true);
      const timer = next();
      expect(timer.delayMs).toBe(delayMs);
      timer.run();
      become('connecting');
    }
    expect(log.length).toBe(6);
    become('playing');
    expect(listening.state()!.isReconnecting).toBe(false);
    become('failed', 'lost');
    expect(next().delayMs).toBe(1000);
  });

  test.each([
    ['lost', MAX_RETRIES],
    [CALL_OVER, 4],
  ])('gives up after repeated failures: %s', async (error, attempts) => {
    await listening.start({ callId: 'a', name: 'A' });
    const { become } = created['a']!;
    become('playing');
    for (let i = 0; i < attempts; i++) {
      become('failed', error);
      next().run();
    }
    become('failed', error);
    expect(timers).toEqual([]);
    expect(listening.state()).toMatchObject({ callId: 'a', isReconnecting: false });
  });

  test('does not retry a connection that was never open', async () => {
    await listening.start({ callId: 'a', name: 'A' });
    created['a']!.become('failed', 'rejected');
    expect(timers).toEqual([]);
  });

  test('ends some seconds after the call', async () => {
    await listening.start({ callId: 'a', name: 'A' });
    created['a']!.become('playing');
    created['a']!.become('ended');
    expect(listening.state()).toBeDefined();
    const timer = next();
    expect(timer.delayMs).toBe(ENDED_VISIBLE_MS);
    timer.run();
    expect(listening.state()).toBeUndefined();
  });

  test('cancels the next attempt when it is stopped', async () => {
    await listening.start({ callId: 'a', name: 'A' });
    created['a']!.become('playing');
    created['a']!.become('failed', 'lost');
    listening.stop();
    expect(timers).toEqual([]);
  });
});
