import type { WebSocket } from 'ws';
import type { StreamState } from '../../call/call-state.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { VapiRecord } from '../call/call-object.ts';
import { createCutter, createListenEncoder, formatHint } from './listen-format.ts';
import type { ListenEncoder } from './listen-format.ts';

/** A slower listener is disconnected when this much is buffered: about sixteen seconds of audio. */
export const MAX_BACKLOG_BYTES = 1_000_000;
/** How many listeners one call can have. */
export const MAX_LISTENERS = 20;
/** The timeout of the closing handshake. */
export const CLOSE_TIMEOUT_MS = 1_000;
/** How many disconnected listeners are remembered. */
export const MAX_REMEMBERED_LISTENERS = 100;

const CLOSE_NO_STATUS = 1005;

/** The listeners of one call. */
export interface Listeners {
  readonly size: number;
  readonly isFull: boolean;
  states(): StreamState[];
  add(socket: WebSocket): void;
  sendAudio(customer: Int16Array, assistant: Int16Array): void;
  sendJson(message: object): void;
  /** Disconnects all listeners at the end of the call. */
  close(): void;
}

interface Entry {
  readonly id: string;
  readonly cut: (frame: Buffer) => Buffer;
  framesSent: number;
  status: 'open' | 'closed';
}

/** Creates the listeners of one call. `url` is shown in their state. */
export function createListeners(url: string, record: VapiRecord, scheduler: Scheduler): Listeners {
  const sockets = new Map<WebSocket, Entry>();
  let count = 0;
  let dropCount = 0;
  let encode: ListenEncoder | undefined;
  const openSockets = (): WebSocket[] =>
    [...sockets].flatMap(([socket, { status }]) => (status === 'open' ? [socket] : []));

  return {
    get size() {
      return openSockets().length;
    },
    get isFull() {
      return openSockets().length >= MAX_LISTENERS;
    },
    states: () =>
      [...sockets.values()].map(({ id, framesSent, status }) => ({ id, url, status, framesSent })),
    add(socket) {
      const { listenHint, listenDropAfterMs, listenCutFrames } = record.behaviour;
      count += 1;
      const cut = listenCutFrames ? createCutter() : (frame: Buffer): Buffer => frame;
      const entry: Entry = { id: String(count), cut, framesSent: 0, status: 'open' };
      sockets.set(socket, entry);
      const closed = [...sockets].filter(([, { status }]) => status === 'closed');
      for (const [old] of closed.slice(0, Math.max(0, closed.length - MAX_REMEMBERED_LISTENERS)))
        sockets.delete(old);
      socket.on('error', () => {});
      socket.on('close', () => {
        entry.status = 'closed';
      });
      if (listenHint) send(socket, JSON.stringify(formatHint(record.behaviour)));
      if (listenDropAfterMs > 0) {
        scheduler.after(listenDropAfterMs, () => {
          if (entry.status === 'closed' || dropCount >= record.behaviour.listenDrops) return;
          dropCount += 1;
          socket.terminate();
        });
      }
    },
    sendAudio(customer, assistant) {
      encode ??= createListenEncoder(record.behaviour);
      const frame = encode(customer, assistant);
      for (const [socket, entry] of sockets) {
        if (entry.status !== 'open') continue;
        entry.framesSent += 1;
        send(socket, entry.cut(frame));
      }
    },
    sendJson(message) {
      const { listenText } = record.behaviour;
      if (listenText === 'off') return;
      const text = JSON.stringify(listenText === 'bare' ? message : { message });
      for (const socket of openSockets()) send(socket, text);
    },
    close() {
      for (const socket of openSockets()) closeSocket(socket, record.behaviour.listenCloseCode);
    },
  };
}

/** Sends data, or disconnects a socket whose buffer is full. */
export function send(socket: WebSocket, data: Buffer | string): void {
  if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
  else socket.send(data, () => {});
}

/** Closes a socket with a code and terminates it after a timeout. */
export function closeSocket(socket: WebSocket, code: number): void {
  if (code !== CLOSE_NO_STATUS && !isSendable(code)) return socket.terminate();
  socket.close(code === CLOSE_NO_STATUS ? undefined : code);
  const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** Whether a close frame can carry a code; 1006, for example, is reserved. */
function isSendable(code: number): boolean {
  const isStandard = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return isStandard || (code >= 3000 && code <= 4999);
}
