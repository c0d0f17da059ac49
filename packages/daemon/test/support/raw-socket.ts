/** A client that sends raw graphql-transport-ws frames, to test what no correct client does. */
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';

export interface RawSocket {
  readonly socket: WebSocket;
  send(message: unknown): void;
  /** Returns the next message that has not been read yet. */
  next(): Promise<Record<string, unknown>>;
  /** Resolves with the close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export interface RawSocketOptions {
  readonly path?: string;
  /** Empty for none. */
  readonly protocol?: string;
  readonly options?: ClientOptions;
}

const WITHIN_MS = 5000;

/** Opens a socket to a daemon. Rejects with the status if the upgrade is rejected. */
export async function rawSocket(
  url: string,
  { path = '', protocol = 'graphql-transport-ws', options = {} }: RawSocketOptions = {},
): Promise<RawSocket> {
  const socket = new WebSocket(
    `${url.replace(/^http/, 'ws')}${path}`,
    protocol === '' ? [] : protocol,
    options,
  );
  onTestFinished(() => socket.terminate());
  const received: Record<string, unknown>[] = [];
  const waiting: ((message: Record<string, unknown>) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Record<string, unknown>;
    const resolve = waiting.shift();
    if (resolve) resolve(message);
    else received.push(message);
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
    closed: withTimeout(closed, 'no close'),
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: () => {
      const message = received.shift();
      return message
        ? Promise.resolve(message)
        : withTimeout(new Promise((resolve) => waiting.push(resolve)), 'no message');
    },
  };
}

/** Rejects after WITHIN_MS; never causes an unhandled rejection. */
function withTimeout<Value>(promise: Promise<Value>, what: string): Promise<Value> {
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`${what} within ${WITHIN_MS} ms`)), WITHIN_MS).unref();
  });
  const raced = Promise.race([promise, timeout]);
  raced.catch(() => undefined);
  return raced;
}

/** Opens a socket and completes the connection_init handshake. */
export async function ackedSocket(url: string, payload?: Record<string, unknown>): Promise<RawSocket> {
  const raw = await rawSocket(url);
  raw.send({ type: 'connection_init', ...(payload && { payload }) });
  const { type } = await raw.next();
  if (type !== 'connection_ack') throw new Error(`expected connection_ack, received ${String(type)}`);
  return raw;
}
