import type { WebSocket } from 'ws';
import { closeSocket, sendBounded } from '../../http/web-socket.ts';
import type { StreamState } from '../../call/call-state.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { VapiRecord } from '../call/call-object.ts';
import { createCutter, createListenEncoder, formatHint } from './listen-format.ts';
import type { ListenEncoder } from './listen-format.ts';

/** How many listeners one call can have. */
const MAX_LISTENERS = 20;
/** How many disconnected listeners are remembered. */
const MAX_REMEMBERED_LISTENERS = 100;

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
      if (listenHint) sendBounded(socket, JSON.stringify(formatHint(record.behaviour)));
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
        sendBounded(socket, entry.cut(frame));
      }
    },
    sendJson(message) {
      const { listenText } = record.behaviour;
      if (listenText === 'off') return;
      const text = JSON.stringify(listenText === 'bare' ? message : { message });
      for (const socket of openSockets()) sendBounded(socket, text);
    },
    close() {
      for (const socket of openSockets()) void closeSocket(socket, record.behaviour.listenCloseCode);
    },
  };
}
