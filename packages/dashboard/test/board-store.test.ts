import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Sink } from '../page/api/resume.ts';
import { safeStorage } from '../page/browser/storage.ts';
import { createSettingsStore } from '../page/attention/settings.ts';
import { ENDED_VISIBLE_MS } from '../page/board/board-state.ts';
import { createBoardStore } from '../page/board/board-store.ts';
import type { LiveCall } from '../page/board/documents.ts';
import { createMeters } from '../page/levels/meters.ts';
import { callOf } from './support/calls.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Settings of a browser that blocks its storage. */
const settings = createSettingsStore(
  safeStorage(() => {
    throw new Error('blocked');
  }),
);

/** A socket that keeps the sink of each subscription. */
function fakeSocket() {
  const sinks: { readonly query: string; readonly sink: Sink }[] = [];
  const send = (name: string, data: Record<string, unknown>): void => {
    for (const { query, sink } of sinks) if (query.includes(name)) sink.next({ data });
  };
  const subscribe = ({ query }: { readonly query: string }, sink: Sink) => {
    const entry = { query, sink };
    sinks.push(entry);
    return () => void sinks.splice(sinks.indexOf(entry), 1);
  };
  const change = (call: LiveCall): void =>
    send('BoardCalls', { liveCalls: { __typename: 'LiveCallChanged', cursor: 'c', call } });
  return { subscribe, send, change, sinks };
}

test('stores nothing about calls that have left the board', () => {
  const socket = fakeSocket();
  const store = createBoardStore({ socket, settings, canListen: true });
  const unsubscribe = store.subscribe(() => undefined);
  socket.send('BoardCalls', { liveCalls: { __typename: 'LiveCallsSnapshot', cursor: 'c', calls: [] } });
  const sizes = new Set<number>();
  for (let batch = 0; batch < 50; batch++) {
    const ids = Array.from({ length: 60 }, (_, i) => `call ${batch} ${i}`);
    for (const id of ids) socket.change(callOf(id));
    const parties = [{ party: 'CUSTOMER' as const, rmsDb: -20, speaking: true }];
    store.pushLevels(ids.map((callId) => ({ callId, parties })));
    vi.advanceTimersByTime(200);
    for (const id of ids)
      socket.change(callOf(id, { isLive: false, status: 'ENDED', end: { category: 'CUSTOMER_ENDED' } }));
    vi.advanceTimersByTime(ENDED_VISIBLE_MS + 2000);
    sizes.add(store.size());
  }
  expect([...sizes]).toEqual([0]);
  expect(socket.sinks.length).toBe(2);
  unsubscribe();
  expect(socket.sinks.length).toBe(0);
});

test('does not notify for levels that change neither the speakers nor the attention of a call', () => {
  const socket = fakeSocket();
  const store = createBoardStore({ socket, settings, canListen: true });
  let renders = 0;
  store.subscribe(() => renders++);
  socket.send('BoardCalls', {
    liveCalls: { __typename: 'LiveCallsSnapshot', cursor: 'c', calls: [callOf('a')] },
  });
  vi.advanceTimersByTime(200);
  for (let i = 0; i < 100; i++) {
    const parties = [{ party: 'CUSTOMER' as const, rmsDb: -20 - (i % 10), speaking: true }];
    store.pushLevels([{ callId: 'a', parties }]);
    vi.advanceTimersByTime(100);
  }
  // The snapshot, the first speakers, and the call that lasts too long.
  expect(renders).toBeLessThanOrEqual(3);
});

test('measures all calls only while the settings want it and the token may listen', () => {
  const socket = fakeSocket();
  const levels = () => socket.sinks.filter(({ query }) => query.includes('AudioLevels')).length;
  const stop = createBoardStore({ socket, settings, canListen: true }).subscribe(() => undefined);
  expect(levels()).toBe(0);
  settings.update({ measuresAll: true });
  expect(levels()).toBe(1);
  const stopOther = createBoardStore({ socket, settings, canListen: false }).subscribe(() => undefined);
  expect(levels()).toBe(1);
  settings.update({ measuresAll: false });
  expect(levels()).toBe(0);
  stop();
  stopOther();
});

test('does not claim who speaks, or for how long, after a reconnect', () => {
  const socket = fakeSocket();
  const store = createBoardStore({ socket, settings, canListen: true });
  const stop = store.subscribe(() => undefined);
  const snapshot = () =>
    socket.send('BoardCalls', {
      liveCalls: { __typename: 'LiveCallsSnapshot', cursor: 'c', calls: [callOf('a')] },
    });
  const levels = [{ callId: 'a', parties: [{ party: 'CUSTOMER' as const, rmsDb: -20, speaking: true }] }];
  snapshot();
  store.pushLevels(levels);
  vi.advanceTimersByTime(200);
  expect(store.state().calls.get('a')!.speaking).toEqual(['CUSTOMER']);
  snapshot();
  vi.advanceTimersByTime(200);
  expect(store.state().calls.get('a')!.speaking).toBeUndefined();
  store.pushLevels(levels);
  vi.advanceTimersByTime(200);
  expect(store.state().calls.get('a')!.speaking).toEqual(['CUSTOMER']);
  stop();
});

test('does not know who speaks in a row that has left the view', () => {
  const socket = fakeSocket();
  const store = createBoardStore({ socket, settings, canListen: true });
  const stop = store.subscribe(() => undefined);
  const calls = ['a', 'b'].map((id) => callOf(id));
  socket.send('BoardCalls', { liveCalls: { __typename: 'LiveCallsSnapshot', cursor: 'c', calls } });
  const parties = [{ party: 'CUSTOMER' as const, rmsDb: -20, speaking: true }];
  store.pushLevels(['a', 'b'].map((callId) => ({ callId, parties })));
  vi.advanceTimersByTime(200);
  store.showRows(new Set(['b']));
  vi.advanceTimersByTime(200);
  expect(['a', 'b'].map((id) => store.state().calls.get(id)!.speaking)).toEqual([undefined, ['CUSTOMER']]);
  stop();
});

test('stores no level of a meter that has left the page', () => {
  const meters = createMeters(() => undefined);
  const detach = meters.attach('a', 'CUSTOMER', {} as HTMLElement);
  meters.update([{ callId: 'a', parties: [{ party: 'CUSTOMER', rmsDb: -20, speaking: true }] }]);
  expect(meters.size()).toBe(1);
  detach();
  meters.update([{ callId: 'a', parties: [{ party: 'CUSTOMER', rmsDb: -20, speaking: true }] }]);
  expect(meters.size()).toBe(0);
});
