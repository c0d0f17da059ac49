import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { createFakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ADDRESS_SHARE,
  ANNOUNCED_SHARE,
  CHUNK_BYTES,
  MAX_SMALL_CHUNKS,
  MIN_BYTES_PER_INTERVAL,
  RATE_INTERVAL_MS,
  RequestBodies,
} from '../../../src/http/limits/request-bodies.ts';

const TOTAL = 64 * 1024;
const LIMIT = { limit: 32 * 1024, limitName: 'limits.webhookBytes' };

let clock = createFakeClock();
let bodies: RequestBodies;
beforeEach(() => {
  clock = createFakeClock();
  bodies = new RequestBodies({
    clock,
    bodyBytesInFlight: TOTAL,
    addressOf: ({ headers }) => headers['x-address']?.toString() ?? 'sender',
  });
});

/** A request and its response, without a connection. */
function exchange(headers: IncomingMessage['headers'] = {}) {
  const request = Object.assign(new PassThrough(), { headers, complete: false });
  const sent: Record<string, unknown> = {};
  const response = Object.assign(new EventEmitter(), {
    closed: false,
    headersSent: false,
    setHeader: (name: string, value: unknown) => void (sent[name] = value),
  });
  const body = bodies.read(
    request as unknown as IncomingMessage,
    response as unknown as ServerResponse,
    LIMIT,
  );
  // Awaited by the test, maybe after it has rejected.
  body.catch(() => undefined);
  return {
    body,
    sent,
    async send(bytes: number | Buffer) {
      request.write(typeof bytes === 'number' ? Buffer.alloc(bytes, 1) : bytes);
      await clock.settle();
    },
    end: () => request.end(),
    abort: () => request.destroy(),
    close() {
      response.closed = true;
      response.emit('close');
    },
  };
}

const codeOf = (body: Promise<unknown>): Promise<unknown> =>
  body.then(
    () => 'read',
    (error: { code?: unknown }) => error.code,
  );

describe('a body', () => {
  test.each([{}, { 'content-length': '20000' }])('is read with the headers %j', async (headers) => {
    const one = exchange(headers);
    const bytes = Buffer.from(Uint8Array.from({ length: 20_000 }, (_, i) => i));
    for (let at = 0; at < bytes.length; at += 777) await one.send(bytes.subarray(at, at + 777));
    one.end();
    expect(Buffer.compare((await one.body) as Buffer, bytes)).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('counts until the response is closed, and not before it arrives', async () => {
    const one = exchange({ 'content-length': '20000' });
    expect(bodies.bytes).toBe(0);
    await one.send(20_000);
    one.end();
    await one.body;
    expect(bodies.bytes).toBe(20_000);
    one.close();
    expect(bodies.bytes).toBe(0);
  });

  test('takes no more memory than twice its size until a part of the announced length has arrived', async () => {
    const one = exchange({ 'content-length': '32768' });
    for (let size = 512; size < 32_768 / ANNOUNCED_SHARE; size += 512) {
      await one.send(512);
      expect(bodies.bytes).toBeLessThanOrEqual(Math.max(1024, 2 * size));
    }
    const allocate = vi.spyOn(Buffer, 'allocUnsafe');
    for (let left = 32_768 - 32_768 / ANNOUNCED_SHARE; left >= 0; left -= 512) await one.send(512);
    expect([bodies.bytes, allocate.mock.calls]).toEqual([32_768, [[32_768]]]);
    allocate.mockRestore();
    one.close();
    expect(bodies.bytes).toBe(0);
  });

  test.each([
    ['announced', { 'content-length': '40000' }],
    ['sent', {}],
  ])('above the limit is rejected as soon as it is %s', async (_when, headers) => {
    const one = exchange(headers);
    await one.send(LIMIT.limit + 1);
    expect(await codeOf(one.body)).toBe('WIRE_TOO_LARGE');
    expect([one.sent, bodies.rejected]).toEqual([{ connection: 'close' }, 1]);
  });

  test.each([1, 2, 16])(
    'in chunks of %d bytes is rejected after a bounded number of chunks',
    async (size) => {
      const one = exchange();
      let chunks = 0;
      for (; chunks < 3 * MAX_SMALL_CHUNKS && bodies.rejected === 0; chunks++) await one.send(size);
      expect(await codeOf(one.body)).toBe('WIRE_MALFORMED');
      expect(chunks).toBeLessThanOrEqual((MAX_SMALL_CHUNKS * CHUNK_BYTES) / (CHUNK_BYTES - size) + 2);
      expect(bodies.bytes).toBeLessThanOrEqual(2 * chunks * size);
    },
  );

  test('that is slower than the minimum rate is rejected', async () => {
    const one = exchange();
    await one.send(MIN_BYTES_PER_INTERVAL);
    await clock.advance(RATE_INTERVAL_MS);
    await one.send(MIN_BYTES_PER_INTERVAL - 1);
    await clock.advance(RATE_INTERVAL_MS - 1);
    expect(bodies.rejected).toBe(0);
    await clock.advance(1);
    expect(await codeOf(one.body)).toBe('WIRE_TOO_SLOW');
    expect([one.sent, clock.pending]).toEqual([{ connection: 'close' }, 0]);
  });

  test('that is never sent is rejected', async () => {
    const one = exchange({ 'content-length': '5' });
    await clock.advance(RATE_INTERVAL_MS);
    expect(await codeOf(one.body)).toBe('WIRE_TOO_SLOW');
  });

  test('whose connection closes is rejected, and takes no more memory or timers', async () => {
    const one = exchange();
    await one.send(5000);
    one.abort();
    one.close();
    await expect(one.body).rejects.toThrow('connection was closed');
    expect([bodies.bytes, bodies.rejected, clock.pending]).toEqual([0, 0, 0]);
  });
});

describe('the bodies of all senders', () => {
  const KIB = 1024;
  /** Receives `count` KiB from an address. */
  async function receive(address: string, count: number) {
    const one = exchange({ 'x-address': address, 'content-length': String(count * KIB) });
    await one.send(count * KIB);
    return one;
  }

  test('of one address take at most its share', async () => {
    const share = TOTAL / ADDRESS_SHARE / KIB;
    const held = await receive('a', share);
    const excess = await receive('a', 1);
    expect(await codeOf(excess.body)).toBe('LIMIT_BODY_BYTES');
    expect(excess.sent).toEqual({ connection: 'close', 'retry-after': 5 });
    const other = await receive('b', 1);
    other.end();
    expect(await codeOf(other.body)).toBe('read');
    held.close();
    const next = await receive('a', share);
    next.end();
    expect(await codeOf(next.body)).toBe('read');
  });

  test('take at most the total', async () => {
    const held = await Promise.all(['a', 'b', 'c', 'd'].map((address) => receive(address, 16)));
    expect(bodies.bytes).toBe(TOTAL);
    expect(await codeOf((await receive('e', 1)).body)).toBe('LIMIT_BODY_BYTES');
    held[0]!.close();
    expect((await receive('e', 1)).sent).toEqual({});
    for (const one of held.slice(1)) one.close();
    expect(bodies.bytes).toBe(KIB);
  });
});
