import { createFakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createWebhookDecoder, DECODE_TIMEOUT_MS, IDLE_MS, THREAD_BYTES } from '../../src/webhook/decoder.ts';
import type { DecodeRequest, DecodeThread } from '../../src/webhook/decode-thread-start.ts';
import { decodeWebhook, type Decoded } from '../../src/wire.ts';
import { samplesOf } from '../samples.ts';

const request = (bytes: number): DecodeRequest => ({
  body: new TextEncoder().encode('{"message":{"type":"hang","call":{"id":"c1"}}}'.padEnd(bytes)),
  callIdHeader: undefined,
});
const LARGE = THREAD_BYTES + 1;

/** A thread that does what the test says. */
function fakeThread() {
  const pending: { resolve: (decoded: Decoded) => void; reject: (reason: Error) => void; bytes: number }[] =
    [];
  const thread = {
    decode: vi.fn(
      ({ body }: DecodeRequest) =>
        new Promise<Decoded>((resolve, reject) => pending.push({ resolve, reject, bytes: body.length })),
    ),
    terminate: vi.fn(() => pending.shift()?.reject(new Error('terminated'))),
  } satisfies DecodeThread;
  const answer = (): void => {
    const { resolve, bytes } = pending.shift()!;
    resolve(decodeWebhook(request(bytes).body));
  };
  return { ...thread, pending, answer };
}

let clock = createFakeClock();
let stopping = new AbortController();
let threads: ReturnType<typeof fakeThread>[] = [];
const warn = vi.fn();

function createDecoder() {
  return createWebhookDecoder({
    clock,
    log: { warn },
    stopped: stopping.signal,
    startThread() {
      threads.push(fakeThread());
      return threads.at(-1)!;
    },
  });
}

beforeEach(() => {
  clock = createFakeClock();
  stopping = new AbortController();
  threads = [];
  warn.mockReset();
});

describe('a webhook', () => {
  it('of usual size is decoded at once, without a thread', async () => {
    const decoded = await createDecoder().decode(request(THREAD_BYTES));
    expect([decoded, threads.length]).toEqual([decodeWebhook(request(0).body), 0]);
  });

  it('that is large is decoded in a thread, one at a time and in order', async () => {
    const decoder = createDecoder();
    const decoded = [0, 1, 2].map((i) => decoder.decode(request(LARGE + i)));
    for (let i = 0; i < 3; i++) {
      await clock.settle();
      expect(threads.map(({ pending }) => pending.map(({ bytes }) => bytes))).toEqual([[LARGE + i]]);
      threads[0]!.answer();
    }
    expect(await Promise.all(decoded)).toEqual(decoded.map(() => decodeWebhook(request(0).body)));
  });

  it('that ends its thread is rejected, and the next one has another thread', async () => {
    const decoder = createDecoder();
    const [first, second] = [decoder.decode(request(LARGE)), decoder.decode(request(LARGE))];
    await clock.settle();
    threads[0]!.pending.shift()!.reject(new Error('out of memory'));
    await expect(first).rejects.toMatchObject({ code: 'WIRE_TOO_LARGE' });
    await clock.settle();
    threads[1]!.answer();
    expect(await second).toMatchObject({ ok: true });
    expect(warn).toHaveBeenCalledWith(expect.any(String), { bytes: LARGE, reason: 'out of memory' });
  });

  it('that takes too long is rejected', async () => {
    const first = createDecoder().decode(request(LARGE));
    await clock.settle();
    const error = first.catch((reason: unknown) => reason);
    await clock.advance(DECODE_TIMEOUT_MS);
    expect(await error).toMatchObject({ code: 'WIRE_TOO_LARGE' });
  });

  it.each(samplesOf('webhook').map(({ name, body }) => [name, body] as const))(
    'decodes to the same message in a thread: %s',
    (_name, body) => {
      const decoded = decodeWebhook(new TextEncoder().encode(JSON.stringify(body)));
      expect(structuredClone(decoded)).toEqual(decoded);
    },
  );
});

describe('the thread', () => {
  it('ends when it has not been needed for some time, and is started again', async () => {
    const decoder = createDecoder();
    for (const ended of [0, 1]) {
      const decoded = decoder.decode(request(LARGE));
      await clock.settle();
      threads.at(-1)!.answer();
      await decoded;
      await clock.advance(IDLE_MS - 1);
      expect(threads.filter(({ terminate }) => terminate.mock.calls.length > 0)).toHaveLength(ended);
      await clock.advance(1);
    }
    expect([threads.length, clock.pending]).toEqual([2, 0]);
  });

  it('ends with the instance, which rejects the webhooks that wait', async () => {
    const decoder = createDecoder();
    const decoded = [decoder.decode(request(LARGE)), decoder.decode(request(LARGE))];
    await clock.settle();
    stopping.abort();
    expect(await Promise.allSettled(decoded)).toMatchObject([
      { reason: { code: 'PROVIDER_NOT_RUNNING' } },
      { reason: { code: 'PROVIDER_NOT_RUNNING' } },
    ]);
    expect([threads.length, clock.pending]).toEqual([1, 0]);
  });
});
