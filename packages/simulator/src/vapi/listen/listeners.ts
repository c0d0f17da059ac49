import type { WebSocket } from 'ws';
import type { StreamState } from '../../call/call-state.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { VapiRecord } from '../call/call-object.ts';
import { createCutter, createListenEncoder, formatHint } from './listen-format.ts';
import type { ListenEncoder } from './listen-format.ts';

/** How much may wait for a listener that does not read, about sixteen seconds of audio; then it is cut off. */
export const MAX_BACKLOG_BYTES = 1_000_000;
/** How many may listen to one call at a time. */
export const MAX_LISTENERS = 20;
/** A listener that does not answer the closing handshake is dropped after this long. */
export const CLOSE_TIMEOUT_MS = 1_000;
/** How many listeners of the past are remembered. */
export const MAX_REMEMBERED_LISTENERS = 100;

const CLOSE_NO_STATUS = 1005;

/** Those who listen to a call. */
export interface Listeners {
  readonly size: number;
  readonly isFull: boolean;
  states(): StreamState[];
  add(socket: WebSocket): void;
  sendAudio(customer: Int16Array, assistant: Int16Array): void;
  sendJson(message: object): void;
  /** The call has ended: everybody is sent away. */
  close(): void;
}

interface Entry {
  readonly id: string;
  readonly cut: (frame: Buffer) => Buffer;
  framesSent: number;
  status: 'open' | 'closed';
}

/** Nobody listens yet. `url` is where they come; the dials of the record say what they get. */
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

/** Sends, unless too much waits already: then the socket is cut off. */
export function send(socket: WebSocket, data: Buffer | string): void {
  if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
  else socket.send(data, () => {});
}

/** Closes with a code, and does not wait for ever for the other side to agree. */
export function closeSocket(socket: WebSocket, code: number): void {
  if (code !== CLOSE_NO_STATUS && !isSendable(code)) return socket.terminate();
  socket.close(code === CLOSE_NO_STATUS ? undefined : code);
  const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** Whether a close frame may carry a code; 1006, for one, only stands for having got none. */
function isSendable(code: number): boolean {
  const isStandard = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return isStandard || (code >= 3000 && code <= 4999);
}
