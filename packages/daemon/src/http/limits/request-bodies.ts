/**
 * Reads request bodies. Their memory is bounded: in size, in total and per network address; and in time: a sender has to
 * transfer at a minimum rate, in chunks that are worth the work.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FaultError, type Clock } from '@sidetone/core';

/** How often the transfer rate of a body is checked, ms. A shorter body has to arrive within this time. */
export const RATE_INTERVAL_MS = 10_000;
/** The minimum transfer rate, bytes per interval. */
export const MIN_BYTES_PER_INTERVAL = 10 * 1024;
/** The number of chunks that a body may have, besides one for each `CHUNK_BYTES` bytes. */
export const MAX_SMALL_CHUNKS = 1000;
/** The average size of further chunks. */
export const CHUNK_BYTES = 64;
/** The memory that the first chunk of a body without a length takes, bytes. It doubles as the body grows. */
const FIRST_BYTES = 1024;
/** The part of an announced length that has to arrive before memory for all of it is taken: one of so many. */
export const ANNOUNCED_SHARE = 4;
/** The part of the total that the bodies of one network address may take: one of so many. */
export const ADDRESS_SHARE = 2;
/** Seconds until a sender should retry when the limit of all bodies is reached. */
const RETRY_AFTER_SECONDS = 5;

export interface RequestBodiesDeps {
  readonly clock: Clock;
  /** The memory of all bodies, bytes. */
  readonly bodyBytesInFlight: number;
  readonly addressOf: (request: IncomingMessage) => string;
}

interface BodyLimit {
  /** Bytes. */
  readonly limit: number;
  /** The configuration key of the limit, for the error message. */
  readonly limitName: string;
}

export class RequestBodies {
  readonly #deps: RequestBodiesDeps;
  /** The memory of the bodies of each address, bytes. */
  readonly #byAddress = new Map<string, number>();
  #bytes = 0;
  #rejected = 0;

  constructor(deps: RequestBodiesDeps) {
    this.#deps = deps;
  }

  /** The memory of all bodies that are being received or handled, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many bodies were rejected because of their size, rate or chunks, or because the limit of all bodies was reached. */
  get rejected(): number {
    return this.#rejected;
  }

  /**
   * Returns the body of a request. Its memory counts until the response is closed. If it rejects, the connection is closed
   * after the response.
   * @throws {FaultError} WIRE_TOO_LARGE as soon as more than `limit` bytes were received or announced, LIMIT_BODY_BYTES,
   * WIRE_TOO_SLOW, or WIRE_MALFORMED if the chunks are too small.
   */
  async read(request: IncomingMessage, response: ServerResponse, limit: BodyLimit): Promise<Uint8Array> {
    const reservation = this.#reserve(request, response);
    try {
      return await receive(request, limit, { ...this.#deps, reserve: reservation });
    } catch (error) {
      if (error instanceof FaultError) this.#rejected++;
      if (!response.headersSent) {
        if (!request.complete) response.setHeader('connection', 'close');
        if (error instanceof FaultError && error.code === 'LIMIT_BODY_BYTES')
          response.setHeader('retry-after', RETRY_AFTER_SECONDS);
      }
      throw error;
    }
  }

  /** Returns a function that reserves further bytes for a request until its response is closed. */
  #reserve(request: IncomingMessage, response: ServerResponse): (bytes: number) => void {
    const address = this.#deps.addressOf(request);
    const { bodyBytesInFlight } = this.#deps;
    let own = 0;
    response.once('close', () => {
      this.#add(address, -own);
      own = 0;
    });
    return (bytes) => {
      if (response.closed) throw new Error('the connection was closed');
      const ofAddress = (this.#byAddress.get(address) ?? 0) + bytes;
      if (this.#bytes + bytes > bodyBytesInFlight || ofAddress * ADDRESS_SHARE > bodyBytesInFlight) {
        const message = `limits.bodyBytesInFlight (${bodyBytesInFlight} bytes) is reached`;
        throw new FaultError('LIMIT_BODY_BYTES', message);
      }
      own += bytes;
      this.#add(address, bytes);
    };
  }

  #add(address: string, bytes: number): void {
    this.#bytes += bytes;
    const ofAddress = (this.#byAddress.get(address) ?? 0) + bytes;
    if (ofAddress > 0) this.#byAddress.set(address, ofAddress);
    else this.#byAddress.delete(address);
  }
}

interface Reception {
  readonly clock: Clock;
  /** Reserves further memory, bytes. @throws {FaultError} if there is none. */
  readonly reserve: (bytes: number) => void;
}

function receive(
  request: IncomingMessage,
  { limit, limitName }: BodyLimit,
  { clock, reserve }: Reception,
): Promise<Uint8Array> {
  const announced = Number(request.headers['content-length'] ?? Infinity);
  const tooLarge = (): FaultError =>
    new FaultError('WIRE_TOO_LARGE', `body exceeds ${limitName} (${limit} bytes)`);
  if (Number.isFinite(announced) && announced > limit) return Promise.reject(tooLarge());

  let bytes = Buffer.alloc(0);
  let size = 0;
  let chunks = 0;

  /** Appends a chunk. Small chunks are copied into one buffer, so their number costs no memory. */
  function append(chunk: Buffer): void {
    const needed = size + chunk.length;
    if (needed > limit) throw tooLarge();
    if (++chunks > MAX_SMALL_CHUNKS + needed / CHUNK_BYTES)
      throw new FaultError('WIRE_MALFORMED', 'body: the chunks are too small');
    if (needed > bytes.length) {
      const doubled = Math.max(FIRST_BYTES, bytes.length * 2);
      // The buffers that are left behind while a body grows are garbage.
      const isCredible = announced <= needed * ANNOUNCED_SHARE;
      const grown = Math.max(needed, Math.min(limit, isCredible ? announced : doubled));
      reserve(grown - bytes.length);
      const larger = Buffer.allocUnsafe(grown);
      bytes.copy(larger, 0, 0, size);
      bytes = larger;
    }
    chunk.copy(bytes, size);
    size = needed;
  }

  return new Promise((resolve, reject) => {
    let cancelCheck = (): void => undefined;
    const settle = (finish: () => void): void => {
      cancelCheck();
      request.off('data', onData).off('end', onEnd).off('error', onClose).off('close', onClose);
      // Until the connection is closed, further bytes are discarded.
      request.on('error', () => undefined);
      finish();
    };
    const onData = (chunk: Buffer): void => {
      try {
        append(chunk);
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const onEnd = (): void => settle(() => resolve(bytes.subarray(0, size)));
    const onClose = (): void => settle(() => reject(new Error('the connection was closed')));
    const checkRate = (sizeBefore: number): void => {
      cancelCheck = clock.schedule(RATE_INTERVAL_MS, () => {
        if (size - sizeBefore >= MIN_BYTES_PER_INTERVAL) return checkRate(size);
        const rate = `${MIN_BYTES_PER_INTERVAL} bytes within ${RATE_INTERVAL_MS / 1000} s`;
        settle(() => reject(new FaultError('WIRE_TOO_SLOW', `body: expected at least ${rate}`)));
      });
    };
    checkRate(0);
    request.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose);
  });
}
