/** A client of raw graphql-transport-ws frames, for what no good client does. */
import { afterEach } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';

export interface RawSocket {
  readonly socket: WebSocket;
  send(message: unknown): void;
  /** The next message that came and was not taken yet. */
  next(): Promise<Record<string, unknown>>;
  /** The code and reason that it was closed with. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export interface RawSocketOptions {
  readonly path?: string;
  /** Empty for none. */
  readonly protocol?: string;
  readonly options?: ClientOptions;
}

const WITHIN_MS = 5000;
const open: WebSocket[] = [];
afterEach(() => open.splice(0).forEach((socket) => socket.terminate()));

/** Opens a socket to a daemon. Rejects with the status when it is refused. */
export async function rawSocket(
  url: string,
  { path = '', protocol = 'graphql-transport-ws', options = {} }: RawSocketOptions = {},
): Promise<RawSocket> {
  const socket = new WebSocket(
    `${url.replace(/^http/, 'ws')}${path}`,
    protocol === '' ? [] : protocol,
    options,
  );
  open.push(socket);
  const came: Record<string, unknown>[] = [];
  const waiting: ((message: Record<string, unknown>) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Record<string, unknown>;
    const taker = waiting.shift();
    if (taker) taker(message);
    else came.push(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, { statusCode }) =>
      reject(new Error(`status ${statusCode}`)),
    );
    socket.on('error', reject);
  });
  return {
    socket,
    closed: soon(closed, 'no close'),
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: () => {
      const message = came.shift();
      return message
        ? Promise.resolve(message)
        : soon(new Promise((resolve) => waiting.push(resolve)), 'no message');
    },
  };
}

/** Rejects when it takes too long; is no unhandled rejection when nobody asks. */
function soon<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`${what} within ${WITHIN_MS} ms`)), WITHIN_MS).unref();
  });
  const raced = Promise.race([promise, late]);
  raced.catch(() => undefined);
  return raced;
}

/** A socket that was let in. */
export async function ackedSocket(url: string, payload?: Record<string, unknown>): Promise<RawSocket> {
  const raw = await rawSocket(url);
  raw.send({ type: 'connection_init', ...(payload && { payload }) });
  const { type } = await raw.next();
  if (type !== 'connection_ack') throw new Error(`not let in: ${String(type)}`);
  return raw;
}
