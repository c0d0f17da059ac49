import type { WebSocket } from 'ws';
import type { StreamState } from '../call/call-state.ts';

/** How much may wait for a listener that does not read, about sixteen seconds of audio; then it is cut off. */
export const MAX_BACKLOG_BYTES = 1_000_000;
/** How many may listen to one call at a time. */
export const MAX_LISTENERS = 20;
/** A listener that does not answer the closing handshake is dropped after this long. */
export const CLOSE_TIMEOUT_MS = 1_000;

/** How many listeners of the past are remembered. */
export const MAX_REMEMBERED_LISTENERS = 100;

const CLOSE_CALL_ENDED = 1000;

/** Those who listen to a call. */
export interface Listeners {
  readonly size: number;
  readonly full: boolean;
  states(): StreamState[];
  add(socket: WebSocket): void;
  audio(frame: Buffer): void;
  json(message: object): void;
  /** The call has ended: everybody is sent away. */
  close(): void;
}

/** Nobody listens yet. `url` is where they come. */
export function createListeners(url: string): Listeners {
  const sockets = new Map<WebSocket, { id: string; framesSent: number; status: 'open' | 'closed' }>();
  let count = 0;
  const open = (): WebSocket[] =>
    [...sockets].flatMap(([socket, { status }]) => (status === 'open' ? [socket] : []));

  return {
    get size() {
      return open().length;
    },
    get full() {
      return open().length >= MAX_LISTENERS;
    },
    states: () =>
      [...sockets.values()].map(({ id, framesSent, status }) => ({ id, url, status, framesSent })),
    add(socket) {
      count += 1;
      const entry = { id: String(count), framesSent: 0, status: 'open' as 'open' | 'closed' };
      sockets.set(socket, entry);
      const past = [...sockets].filter(([, { status }]) => status === 'closed');
      for (const [old] of past.slice(0, Math.max(0, past.length - MAX_REMEMBERED_LISTENERS)))
        sockets.delete(old);
      socket.on('error', () => {});
      socket.on('close', () => {
        entry.status = 'closed';
      });
    },
    audio(frame) {
      for (const [socket, entry] of sockets) {
        if (entry.status !== 'open') continue;
        entry.framesSent += 1;
        send(socket, frame);
      }
    },
    json(message) {
      const text = JSON.stringify(message);
      for (const socket of open()) send(socket, text);
    },
    close() {
      for (const socket of open()) {
        socket.close(CLOSE_CALL_ENDED);
        const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
        socket.once('close', () => clearTimeout(timer));
      }
    },
  };
}

function send(socket: WebSocket, data: Buffer | string): void {
  if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
  else socket.send(data, () => {});
}
