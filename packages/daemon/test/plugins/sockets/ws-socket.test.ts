import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { WsSocket } from '../../../src/plugins/sockets/ws-socket.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A socket whose peer takes a message when it is told to. */
function createPeer() {
  const waiting: (() => void)[] = [];
  const terminate = vi.fn();
  const ws = Object.assign(new EventEmitter(), {
    pause: () => undefined,
    send: (_message: string, done: () => void) => void waiting.push(done),
    terminate,
  });
  const socket = new WsSocket(ws as unknown as WebSocket);
  return { socket, take: () => waiting.shift()?.(), terminate };
}

test('a peer that takes nothing for 5 s is cut', async () => {
  const { socket, terminate } = createPeer();
  void socket.send('one');
  await vi.advanceTimersByTimeAsync(3000);
  void socket.send('two');
  await vi.advanceTimersByTimeAsync(1900);
  expect(terminate).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(terminate).toHaveBeenCalledOnce();
});

test('one that takes a message now and then is not, nor one to which nothing is sent', async () => {
  const { socket, take, terminate } = createPeer();
  for (const text of ['one', 'two', 'three']) void socket.send(text);
  for (let i = 0; i < 3; i++) {
    await vi.advanceTimersByTimeAsync(4000);
    take();
  }
  await vi.advanceTimersByTimeAsync(60_000);
  expect(terminate).not.toHaveBeenCalled();
});

test('one that stops to take after a pause is cut too', async () => {
  const { socket, take, terminate } = createPeer();
  void socket.send('one');
  take();
  await vi.advanceTimersByTimeAsync(60_000);
  void socket.send('two');
  await vi.advanceTimersByTimeAsync(5000);
  expect(terminate).toHaveBeenCalledOnce();
});
