import { providerCallId } from '@sidetone/core';
import { describe, expect, it } from 'vitest';
import {
  connectionFailure,
  createFakeHost,
  createIngressRequest,
  NEVER,
  type FakeHost,
} from '@sidetone/testkit';

const call = providerCallId('c-1');
const never = new AbortController().signal;

function expectUsageError(host: FakeHost, text: string): void {
  expect(() => host.verify()).toThrow(text);
}

describe('events, log and state of a fake host', () => {
  it('are recorded in order', async () => {
    const host = createFakeHost();
    host.emit({ type: 'call.status', providerCallId: call, occurredAt: 1, status: 'RINGING' });
    host.emit({ type: 'dtmf', providerCallId: call, occurredAt: 2, digits: '5' });
    host.log.warn('careful', { code: 7 });
    await host.state.set('b', '2');
    await host.state.set('a/1', '1');
    expect(host.eventsOf('dtmf').map(({ digits }) => digits)).toEqual(['5']);
    expect(host.logs).toEqual([{ level: 'warn', message: 'careful', fields: { code: 7 } }]);
    expect(host.logText()).toContain('careful');
    expect(await host.state.list('a/')).toEqual([['a/1', '1']]);
    expect(await host.state.compareAndSet?.('b', '1', '3')).toBe(false);
    expect(await host.state.compareAndSet?.('b', '2', undefined)).toBe(true);
    expect(await host.state.compareAndSet?.('b', undefined, '4')).toBe(true);
    const other = createFakeHost({ state: host.state, isStateShared: true });
    expect([host.state.isShared, other.state.isShared, await other.state.get('b')]).toEqual([
      false,
      true,
      '4',
    ]);
    host.verify();
  });

  it('reject an invalid event and a value that is too large', async () => {
    const host = createFakeHost();
    host.emit({ type: 'call.status', providerCallId: call, occurredAt: Number.NaN, status: 'RINGING' });
    expect(host.events).toEqual([]);
    expectUsageError(host, 'emit: invalid event');
    await expect(host.state.set('k', 'x'.repeat(70_000))).rejects.toThrow('exceeds');
  });
});

describe('demand', () => {
  it('can be set, and listeners are notified of changes', () => {
    const host = createFakeHost();
    const notified: string[] = [];
    const stop = host.onDemandChange((id) => void notified.push(id));
    expect(host.hasDemand('audio', call)).toBe(false);
    host.setDemand('audio', 'c-1', true);
    expect(host.hasDemand('audio', call)).toBe(true);
    expect(host.hasDemand('levels', call)).toBe(false);
    stop();
    host.setDemand('audio', 'c-1', false);
    expect(notified).toEqual(['c-1']);
    expect(host.demandListeners).toBe(0);
  });
});

describe('scripted HTTP requests', () => {
  it('are answered by method and URL, with the latest rule first, and recorded', async () => {
    const host = createFakeHost();
    host.respond('POST', 'https://api.example.com/x', { status: 500 });
    host.respond('POST', /\/x$/, ({ json }) => ({ status: 201, json: { received: json } }));
    const response = await host.fetch('https://api.example.com/x', {
      method: 'POST',
      headers: { 'X-Key': 'k' },
      body: '{"a":1}',
      redirect: 'manual',
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ received: { a: 1 } });
    expect(host.requests[0]).toMatchObject({ method: 'POST', json: { a: 1 }, redirect: 'manual' });
    expect(host.requests[0]?.headers['x-key']).toBe('k');
    host.verify();
  });

  it('can fail, or stay pending until they are aborted', async () => {
    const host = createFakeHost();
    host.respond('GET', 'https://down.example.com/', () => {
      throw connectionFailure('ECONNREFUSED');
    });
    host.respond('GET', 'https://slow.example.com/', NEVER);
    await expect(host.fetch('https://down.example.com/')).rejects.toThrow('fetch failed');
    const abort = new AbortController();
    const slow = host.fetch('https://slow.example.com/', { signal: abort.signal });
    abort.abort();
    await expect(slow).rejects.toThrow('abort');
    host.verify();
  });

  it('without a rule are rejected, and reported by verify even if the caller catches the error', async () => {
    const host = createFakeHost();
    await expect(host.fetch('https://api.example.com/unknown?key=1')).rejects.toThrow(
      'no response is scripted',
    );
    expectUsageError(host, 'GET https://api.example.com/unknown');
  });
});

describe('scripted WebSockets', () => {
  it('are connected to an end that the test controls', async () => {
    const host = createFakeHost();
    host.answerDials(() => {});
    const socket = await host.dial(new URL('wss://a.example.com/x'), { signal: never, headers: { a: 'b' } });
    await host.dials[0]?.peer?.send('hello');
    const received: unknown[] = [];
    socket.onMessage((message) => void received.push(message));
    expect(received).toEqual(['hello']);
    expect(host.dials[0]?.headers).toEqual({ a: 'b' });
  });

  it('can be rejected and aborted, and are a usage error without a script', async () => {
    const host = createFakeHost();
    await expect(host.dial(new URL('wss://a.example.com'), { signal: never })).rejects.toThrow('no answer');
    expectUsageError(host, 'dial: no answer is scripted for a.example.com');
    host.answerDials(() => new Promise(() => {}));
    const abort = new AbortController();
    const dial = host.dial(new URL('wss://a.example.com'), { signal: abort.signal });
    abort.abort();
    await expect(dial).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    host.answerDials(() => {
      throw new Error('refused');
    });
    await expect(host.dial(new URL('wss://a.example.com'), { signal: never })).rejects.toThrow('refused');
  });
});

describe('fake media streams', () => {
  const options = {
    providerCallId: call,
    encoding: 'pcm_s16le',
    sampleRate: 8000,
    parties: ['CUSTOMER', 'ASSISTANT'],
  } as const;

  it('record copies of writes, skipped frames, gaps and the first end', () => {
    const host = createFakeHost();
    const stream = host.openStream(options);
    const bytes = new Uint8Array([1, 2, 3, 4]);
    stream.write('INTERLEAVED', bytes);
    bytes.fill(0);
    stream.skip(320);
    stream.gap('CUSTOMER', 20, 1);
    stream.end('first');
    stream.end('second');
    stream.write('CUSTOMER', new Uint8Array(2));
    expect(host.streams[0]).toMatchObject({
      writes: [{ party: 'INTERLEAVED', bytes: new Uint8Array([1, 2, 3, 4]) }],
      skips: [320],
      gaps: [{ party: 'CUSTOMER', durationMs: 20, frames: 1 }],
      endReason: 'first',
      lateWrites: 1,
    });
    host.verify();
  });

  it('reject incomplete samples, incomplete frames and other parties', () => {
    const host = createFakeHost();
    const stream = host.openStream(options);
    expect(() => stream.write('CUSTOMER', new Uint8Array(3))).toThrow('expected whole pcm_s16le samples');
    expect(() => stream.write('INTERLEAVED', new Uint8Array(6))).toThrow('expected whole pcm_s16le samples');
    expect(() => stream.write('UNKNOWN', new Uint8Array(2))).toThrow('UNKNOWN');
    expect(() => stream.skip(0)).toThrow('expected a skipped frame of more than 0 bytes');
    expectUsageError(host, 'expected whole pcm_s16le samples');
  });
});

describe('public URLs, tokens and requests', () => {
  it('use the public URL of the instance', () => {
    const host = createFakeHost({ publicUrl: 'http://127.0.0.1:4000/providers/x/' });
    expect(host.publicUrl('stream/a').href).toBe('http://127.0.0.1:4000/providers/x/stream/a');
    expect(() => host.publicUrl('/a')).toThrow('slash');
    expect([host.randomToken(), host.randomToken()]).toEqual(['fake-token-1', 'fake-token-2']);
  });

  it('have at most one body', () => {
    const form = createIngressRequest({ path: 'hangup', form: { From: '+1 2' }, headers: { 'X-A': 'b' } });
    expect(new TextDecoder().decode(form.body)).toBe('From=%2B1+2');
    expect(form.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded', 'x-a': 'b' });
    expect(() => createIngressRequest({ path: 'a', json: 1, body: 'b' })).toThrow(
      'expected at most one of json, form and body',
    );
    expect(() => createIngressRequest({ path: '/a' })).toThrow('slash');
  });
});

describe('pending requests and dials', () => {
  const url = new URL('wss://api.example.com/listen');

  it('are counted until they are answered or aborted', async () => {
    const host = createFakeHost();
    host.respond('*', 'https://api.example.com/hang', NEVER);
    host.respond('*', 'https://api.example.com/fine', {});
    host.answerDials(() => new Promise<void>(() => {}));
    const abort = new AbortController();
    const { signal } = abort;
    const requested = host.fetch('https://api.example.com/hang', { method: 'DELETE', signal });
    const dialled = host.dial(url, { signal });
    await host.fetch('https://api.example.com/fine');
    await host.clock.settle();
    expect([host.openRequests, host.openDials]).toEqual([1, 1]);
    abort.abort();
    await Promise.allSettled([requested, dialled]);
    expect([host.openRequests, host.openDials]).toEqual([0, 0]);
  });

  it('do not reuse tokens of a host with the same state', () => {
    const before = createFakeHost();
    before.randomToken();
    const after = createFakeHost({ clock: before.clock, state: before.state });
    expect(after.randomToken()).toBe('fake-token-2');
    expect(createFakeHost().randomToken()).toBe('fake-token-1');
  });
});
