import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { WsSocket } from '../../../src/plugins/sockets/ws-socket.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A socket whose peer accepts one message per call of `accept`. */
function createPeer() {
  const pending: (() => void)[] = [];
  const terminate = vi.fn();
  const ws = Object.assign(new EventEmitter(), {
    pause: () => undefined,
    send: (_message: string, done: () => void) => void pending.push(done),
    terminate,
  });
  const socket = new WsSocket(ws as unknown as WebSocket);
  return { socket, accept: () => pending.shift()?.(), terminate };
}

test('terminates the socket if the peer accepts nothing for 5 s', async () => {
  const { socket, terminate } = createPeer();
  void socket.send('one');
  await vi.advanceTimersByTimeAsync(3000);
  void socket.send('two');
  await vi.advanceTimersByTimeAsync(1900);
  expect(terminate).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(terminate).toHaveBeenCalledOnce();
});

test('keeps the socket if the peer accepts messages slowly, or nothing is sent', async () => {
  const { socket, accept, terminate } = createPeer();
  for (const text of ['one', 'two', 'three']) void socket.send(text);
  for (let i = 0; i < 3; i++) {
    await vi.advanceTimersByTimeAsync(4000);
    accept();
  }
  await vi.advanceTimersByTimeAsync(60_000);
  expect(terminate).not.toHaveBeenCalled();
});

test('terminates the socket if the peer stops accepting after a pause', async () => {
  const { socket, accept, terminate } = createPeer();
  void socket.send('one');
  accept();
  await vi.advanceTimersByTimeAsync(60_000);
  void socket.send('two');
  await vi.advanceTimersByTimeAsync(5000);
  expect(terminate).toHaveBeenCalledOnce();
});
