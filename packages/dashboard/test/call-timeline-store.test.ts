import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Client } from 'urql';
import type { ConnectionState } from '../page/api/connection.ts';
import { createCallTimelineStore } from '../page/call/call-timeline-store.ts';
import { TRANSCRIPT } from '../page/call/documents.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store of a live call without past events, and what its API does. */
async function start() {
  let sendTranscript = (_result: unknown): void => undefined;
  const statusListeners = new Set<() => void>();
  let state: ConnectionState = { status: 'live', since: 0 };
  const past = { call: { events: { nodes: [], pageInfo: { endCursor: null, hasNextPage: false } } } };
  const client = {
    query: () => ({ toPromise: () => Promise.resolve({ data: past }) }),
    subscription: (document: unknown) => ({
      subscribe(next: (result: unknown) => void) {
        if (document === TRANSCRIPT) sendTranscript = next;
        return { unsubscribe: () => undefined };
      },
    }),
  } as unknown as Client;
  const connection = {
    state: () => state,
    subscribe(listener: () => void) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
  };
  const store = createCallTimelineStore({ client, connection, callId: 'call_1', canListen: true });
  const stop = store.subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
  return {
    store,
    stop,
    statusListeners,
    say(text: string, isFinal = false) {
      const utterance = { id: 'u', party: 'CUSTOMER', text, isFinal };
      sendTranscript({ data: { transcript: { utterance } } });
    },
    setStatus(status: ConnectionState['status']) {
      state = { status, since: 0 };
      for (const listener of statusListeners) listener();
    },
    partials: () => [...store.state().partials.values()].map(({ text }) => text),
  };
}

test('drops a partial that is not replaced for some seconds', async () => {
  const { say, partials, stop } = await start();
  say('One');
  await vi.advanceTimersByTimeAsync(7000);
  say('One two');
  await vi.advanceTimersByTimeAsync(7000);
  expect(partials()).toEqual(['One two']);
  await vi.advanceTimersByTimeAsync(2000);
  expect(partials()).toEqual([]);
  stop();
});

test('drops partials when the connection is back, because the final may have been missed', async () => {
  const { say, partials, setStatus, stop } = await start();
  say('One');
  setStatus('reconnecting');
  await vi.advanceTimersByTimeAsync(100);
  expect(partials()).toEqual(['One']);
  setStatus('live');
  await vi.advanceTimersByTimeAsync(100);
  expect(partials()).toEqual([]);
  stop();
});

test('has no timer and no listener after its last listener has left', async () => {
  const { say, statusListeners, stop } = await start();
  say('One');
  stop();
  expect([vi.getTimerCount(), statusListeners.size]).toEqual([0, 0]);
});
