/**
 * Sends the results of a subscription to a WebSocket. To graphql-ws it is a source without results, which ends when the
 * subscription ends: the library handles the protocol, and each result is one write of bytes that all clients share.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { EventResult } from '../graphql/fanout/event-result.ts';
import type { PollIterator } from '../live/poll-iterator.ts';

/** A WebSocket that does not compress messages, and its connection. */
export interface DeliverySocket {
  readonly socket: Pick<WebSocket, 'readyState' | 'OPEN'>;
  readonly stream: Pick<Duplex, 'write' | 'writableLength'>;
}

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

export class SocketDelivery implements AsyncIterableIterator<never> {
  readonly #results: PollIterator<EventResult>;
  readonly #to: DeliverySocket;
  readonly #prefix: Buffer;
  #isReading = false;
  /** Whether the operating system has not accepted the last result. */
  #isBlocked = false;
  #isWoken = false;
  #isScheduled = false;
  #unsent = 0;
  #settle:
    { resolve(result: IteratorResult<never, undefined>): void; reject(error: unknown): void } | undefined;

  /** @param id the id of the operation on this socket */
  constructor(results: PollIterator<EventResult>, to: DeliverySocket, id: string) {
    this.#results = results;
    this.#to = to;
    this.#prefix = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  }

  /** Starts sending. Resolves when the subscription has ended. Called once. */
  next(): Promise<IteratorResult<never, undefined>> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#results.onWake(() => this.#schedule());
      this.#send();
    });
  }

  async return(): Promise<IteratorResult<never, undefined>> {
    await this.#results.return();
    this.#settle?.resolve(DONE);
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Sends in a microtask of its own, so that an error does not reach the publisher of an event. */
  #schedule(): void {
    this.#isWoken = true;
    if (this.#isReading || this.#isBlocked || this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  /** Sends results until there is none, or until the operating system does not accept more. */
  #send(): void {
    if (this.#isReading || this.#isBlocked) return;
    try {
      do {
        this.#isWoken = false;
        const result = this.#results.poll();
        if (result instanceof Promise) return void this.#wait(result);
        if (result) this.#write(result);
        else if (!this.#isWoken) break;
      } while (!this.#isBlocked);
      if (this.#results.isEnded) this.#settle?.resolve(DONE);
    } catch (error) {
      this.#settle?.reject(error);
    }
  }

  async #wait(pending: Promise<EventResult | undefined>): Promise<void> {
    this.#isReading = true;
    try {
      const result = await pending;
      this.#isReading = false;
      if (result) this.#write(result);
      if (result || this.#isWoken || this.#results.isEnded) this.#send();
    } catch (error) {
      this.#settle?.reject(error);
    }
  }

  #write({ bytes }: EventResult): void {
    const { socket, stream } = this.#to;
    if (socket.readyState !== socket.OPEN) {
      // It is being closed, and then `return` is called.
      this.#isBlocked = true;
      return;
    }
    this.#unsent++;
    stream.write(textFrame(this.#prefix, bytes), this.#onSent);
    this.#isBlocked = stream.writableLength > 0;
  }

  readonly #onSent = (error?: Error | null): void => {
    // After an error the socket is closed, and then `return` is called.
    if (error || --this.#unsent > 0 || !this.#isBlocked) return;
    this.#isBlocked = false;
    this.#send();
  };
}

const TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const CLOSING_BRACE = 0x7d;

/** Returns an unmasked text frame of RFC 6455, section 5.2, with an object of which the closing brace is missing. */
function textFrame(prefix: Buffer, bytes: Buffer): Buffer {
  const length = prefix.length + bytes.length + 1;
  const headerLength = length < LENGTH_16 ? 2 : length < 2 ** 16 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = TEXT;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  prefix.copy(frame, headerLength);
  bytes.copy(frame, headerLength + prefix.length);
  frame[frame.length - 1] = CLOSING_BRACE;
  return frame;
}
