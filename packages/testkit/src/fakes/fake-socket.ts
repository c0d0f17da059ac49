/**
 * A WebSocket without a network: two ends that are joined. What one sends, the other receives a moment later, in order.
 */
import type { Socket } from '@sidetone/core';

/** How a socket was closed. */
export interface FakeClosing {
  readonly code: number;
  readonly reason: string;
}

/** One end of a connection, for the code under test or for the test. */
export interface FakeSocket extends Socket {
  /** Every message sent from this end. */
  readonly sent: readonly (string | Uint8Array)[];
  /** Every message that reached this end's listener. */
  readonly received: readonly (string | Uint8Array)[];
  /** How it closed, as this end was told; undefined while it is open. */
  readonly closing: FakeClosing | undefined;
  /** Cuts the connection: both ends see code 1006. */
  cut(): void;
}

/** Both ends of one connection: `socket` for the code under test, `peer` for the test. */
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

  async send(message: string | Uint8Array): Promise<void> {
    if (this.closing) throw new Error('a closed socket was sent on');
    const copy = typeof message === 'string' ? message : message.slice();
    this.sent.push(copy);
    await Promise.resolve();
    this.other.deliver(copy);
  }

  close(code: number = DEFAULT_CODE, reason = ''): void {
    if (!maySend(code)) throw new RangeError(`close code ${code} may not be sent`);
    if (Buffer.byteLength(reason) > 123) throw new RangeError('a close reason holds at most 123 bytes');
    this.end({ code, reason });
  }

  cut(): void {
    this.end({ code: BROKEN, reason: '' });
  }

  onMessage(listener: (message: string | Uint8Array) => void): void {
    if (this.#onMessage) throw new Error('a socket has one listener for messages');
    this.#onMessage = listener;
    for (const message of this.#unread.splice(0)) this.#hand(message);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    if (this.#onClose) throw new Error('a socket has one listener for its closing');
    this.#onClose = listener;
  }

  deliver(message: string | Uint8Array): void {
    if (this.closing) return;
    if (this.#onMessage) this.#hand(message);
    else this.#unread.push(message);
  }

  end(closing: FakeClosing): void {
    for (const side of [this, this.other]) {
      if (side.closing) continue;
      side.closing = closing;
      queueMicrotask(() => side.#onClose?.(closing.code, closing.reason));
    }
  }

  #hand(message: string | Uint8Array): void {
    this.received.push(message);
    this.#onMessage?.(message);
  }
}

/** Two joined ends, both open. */
export function createFakeSocket(): FakeSocketPair {
  const socket = new End();
  const peer = new End();
  socket.other = peer;
  peer.other = socket;
  return { socket, peer };
}
