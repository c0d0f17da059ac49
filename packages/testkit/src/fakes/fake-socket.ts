/** A WebSocket without a network: two connected ends. Each receives what the other sends, asynchronously and in order. */
import type { Socket } from '@sidetone/core';

/** How a socket was closed. */
export interface FakeClosing {
  readonly code: number;
  readonly reason: string;
}

/** One end of a connection. */
export interface FakeSocket extends Socket {
  /** Messages that were sent from this end. */
  readonly sent: readonly (string | Uint8Array)[];
  /** Messages that were passed to the listener of this end. */
  readonly received: readonly (string | Uint8Array)[];
  /** Close code and reason; undefined while it is open. */
  readonly closing: FakeClosing | undefined;
  /** The other end. */
  readonly other: FakeSocket;
  /** Lets what is sent from this end stay unread from now on: `send` rejects when the socket is closed, and does not resolve. */
  stall(): void;
  /** Reads everything that was sent from this end since it stalled: `send` resolves. */
  resume(): void;
  /** Breaks the connection: both ends receive close code 1006. */
  cut(): void;
}

/** Both ends of a connection: `socket` for the code under test, `peer` for the test. */
export interface FakeSocketPair {
  readonly socket: FakeSocket;
  readonly peer: FakeSocket;
}

const BROKEN = 1006;
const DEFAULT_CODE = 1000;

const maySend = (code: number): boolean =>
  code === DEFAULT_CODE ||
  (code >= 1001 && code <= 1014 && ![1004, 1005, BROKEN].includes(code)) ||
  (code >= 3000 && code <= 4999);

class End implements FakeSocket {
  readonly sent: (string | Uint8Array)[] = [];
  readonly received: (string | Uint8Array)[] = [];
  closing: FakeClosing | undefined;
  other!: End;
  #onMessage: ((message: string | Uint8Array) => void) | undefined;
  #onClose: ((code: number, reason: string) => void) | undefined;
  #unread: (string | Uint8Array)[] = [];
  #isStalled = false;
  readonly #unsettled: { readonly resolve: () => void; readonly reject: () => void }[] = [];

  async send(message: string | Uint8Array): Promise<void> {
    if (this.closing) throw new Error('send: the socket is closed');
    const copy = typeof message === 'string' ? message : message.slice();
    this.sent.push(copy);
    if (this.#isStalled) {
      return new Promise((resolve, reject) => {
        this.#unsettled.push({
          resolve: () => {
            this.other.deliver(copy);
            resolve();
          },
          reject: () => reject(new Error('send: the socket is closed')),
        });
      });
    }
    await Promise.resolve();
    this.other.deliver(copy);
  }

  close(code: number = DEFAULT_CODE, reason = ''): void {
    if (!maySend(code)) throw new RangeError(`close: the code ${code} must not be sent`);
    if (Buffer.byteLength(reason) > 123)
      throw new RangeError('close: expected a reason of at most 123 bytes');
    this.end({ code, reason });
  }

  stall(): void {
    this.#isStalled = true;
  }

  resume(): void {
    this.#isStalled = false;
    for (const { resolve } of this.#unsettled.splice(0)) resolve();
  }

  cut(): void {
    this.end({ code: BROKEN, reason: '' });
  }

  onMessage(listener: (message: string | Uint8Array) => void): void {
    if (this.#onMessage) throw new Error('onMessage: the socket already has a listener');
    this.#onMessage = listener;
    for (const message of this.#unread.splice(0)) this.#dispatch(message);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    if (this.#onClose) throw new Error('onClose: the socket already has a listener');
    this.#onClose = listener;
  }

  deliver(message: string | Uint8Array): void {
    if (this.closing) return;
    if (this.#onMessage) this.#dispatch(message);
    else this.#unread.push(message);
  }

  end(closing: FakeClosing): void {
    for (const end of [this, this.other]) {
      if (end.closing) continue;
      end.closing = closing;
      for (const { reject } of end.#unsettled.splice(0)) reject();
      queueMicrotask(() => end.#onClose?.(closing.code, closing.reason));
    }
  }

  #dispatch(message: string | Uint8Array): void {
    this.received.push(message);
    this.#onMessage?.(message);
  }
}

/** Creates two connected ends. */
export function createFakeSocket(): FakeSocketPair {
  const socket = new End();
  const peer = new End();
  socket.other = peer;
  peer.other = socket;
  return { socket, peer };
}
