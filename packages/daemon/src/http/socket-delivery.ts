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

/** The length from which on messages are not collected for one write. */
const MAX_WRITE_BYTES = 16 * 1024;

const DONE: IteratorResult<never, undefined> = { done: true, value: undefined };

export class SocketDelivery implements AsyncIterableIterator<never> {
  readonly #results: PollIterator<EventResult>;
  readonly #to: DeliverySocket;
  readonly #id: string;
  #isReading = false;
  /** Whether the operating system has not accepted the last result. */
  #isBlocked = false;
  #isWoken = false;
  #isScheduled = false;
  /** The messages of the next write, and their length. */
  #frames: Buffer[] = [];
  #bytes = 0;
  /** The number of writes that the operating system has not accepted. */
  #unsent = 0;
  #settle:
    { resolve(result: IteratorResult<never, undefined>): void; reject(error: unknown): void } | undefined;

  /** @param id the id of the operation on this socket */
  constructor(results: PollIterator<EventResult>, to: DeliverySocket, id: string) {
    this.#results = results;
    this.#to = to;
    this.#id = id;
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

  /** Sends in a microtask, so that an error does not reach the publisher of an event. */
  #schedule(): void {
    this.#isWoken = true;
    if (this.#isReading || this.#isBlocked || this.#isScheduled) return;
    this.#isScheduled = true;
    defer(this);
  }

  /** Sends what is available. Never throws. */
  run(): void {
    this.#isScheduled = false;
    this.#send();
  }

  /** Sends results until there is none, or until the operating system does not accept more. */
  #send(): void {
    if (this.#isReading || this.#isBlocked) return;
    try {
      do {
        this.#isWoken = false;
        const result = this.#results.poll();
        if (result instanceof Promise) {
          this.#flush();
          return void this.#wait(result);
        }
        if (result) this.#add(result);
        else if (!this.#isWoken) break;
      } while (!this.#isBlocked);
      this.#flush();
      if (this.#results.isEnded) void this.return();
    } catch (error) {
      this.#flush();
      this.#settle?.reject(error);
    }
  }

  async #wait(pending: Promise<EventResult | undefined>): Promise<void> {
    this.#isReading = true;
    try {
      const result = await pending;
      this.#isReading = false;
      if (result) this.#add(result);
      if (result || this.#isWoken || this.#results.isEnded) this.#send();
    } catch (error) {
      this.#settle?.reject(error);
    }
  }

  /** Adds a result to the next write: what is available at once is one write, if nothing else waits to be sent. */
  #add(result: EventResult): void {
    const frame = frameOf(result, this.#id);
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#bytes >= MAX_WRITE_BYTES || this.#to.stream.writableLength > 0) this.#flush();
  }

  #flush(): void {
    const frames = this.#frames;
    const { socket, stream } = this.#to;
    if (frames.length === 0) return;
    if (socket.readyState === socket.OPEN) {
      this.#unsent++;
      stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames), this.#onSent);
      this.#isBlocked = stream.writableLength > 0;
    } else {
      // It is being closed, and then `return` is called.
      this.#isBlocked = true;
    }
    this.#frames = [];
    this.#bytes = 0;
  }

  readonly #onSent = (error?: Error | null): void => {
    // After an error the socket is closed, and then `return` is called.
    if (error || --this.#unsent > 0 || !this.#isBlocked) return;
    this.#isBlocked = false;
    this.#send();
  };
}

/** The deliveries that an event has woken, which run in one microtask. */
let woken: SocketDelivery[] = [];

function defer(delivery: SocketDelivery): void {
  if (woken.push(delivery) > 1) return;
  queueMicrotask(() => {
    const deliveries = woken;
    woken = [];
    for (const each of deliveries) each.run();
  });
}

/** The last frame with each result: many clients have the same id for their only operation. */
const FRAMES = new WeakMap<EventResult, { readonly id: string; readonly frame: Buffer }>();

/** Returns the message with a result for the operation with an id. */
function frameOf(result: EventResult, id: string): Buffer {
  const last = FRAMES.get(result);
  if (last?.id === id) return last.frame;
  const frame = textFrame(id, result.bytes);
  FRAMES.set(result, { id, frame });
  return frame;
}

const TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const CLOSING_BRACE = 0x7d;

/** Returns an unmasked text frame of RFC 6455, section 5.2, with a message of graphql-transport-ws. */
function textFrame(id: string, payload: Buffer): Buffer {
  const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const prefixLength = Buffer.byteLength(prefix);
  const length = prefixLength + payload.length + 1;
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
  frame.write(prefix, headerLength);
  payload.copy(frame, headerLength + prefixLength);
  frame[frame.length - 1] = CLOSING_BRACE;
  return frame;
}
