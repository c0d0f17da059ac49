import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Sink } from '../page/api/resume.ts';
import { ENDED_VISIBLE_MS } from '../page/board/board-state.ts';
import { createBoardStore } from '../page/board/board-store.ts';
import type { LiveCall } from '../page/board/documents.ts';
import { createMeters } from '../page/levels/meters.ts';
import { callOf } from './support/calls.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

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
  const store = createBoardStore(socket);
  const unsubscribe = store.subscribe(() => undefined);
  socket.send('BoardCalls', { liveCalls: { __typename: 'LiveCallsSnapshot', cursor: 'c', calls: [] } });
  const sizes = new Set<number>();
  for (let batch = 0; batch < 50; batch++) {
    const ids = Array.from({ length: 60 }, (_, i) => `call ${batch} ${i}`);
    for (const id of ids) socket.change(callOf(id));
    store.pushLevels(ids.map((callId) => ({ callId, parties: [] })));
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

test('stores no level of a meter that has left the page', () => {
  const meters = createMeters(() => undefined);
  const detach = meters.attach('a', 'CUSTOMER', {} as HTMLElement);
  meters.update([{ callId: 'a', parties: [{ party: 'CUSTOMER', rmsDb: -20, speaking: true }] }]);
  expect(meters.size()).toBe(1);
  detach();
  meters.update([{ callId: 'a', parties: [{ party: 'CUSTOMER', rmsDb: -20, speaking: true }] }]);
  expect(meters.size()).toBe(0);
});
