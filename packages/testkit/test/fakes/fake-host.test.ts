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

function expectMisuse(host: FakeHost, text: string): void {
  expect(() => host.verify()).toThrow(text);
}

describe('events, logs and state', () => {
  it('are written down in order', async () => {
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
    host.verify();
  });

  it('report what is no event, and a value that is too large', async () => {
    const host = createFakeHost();
    host.emit({ type: 'call.status', providerCallId: call, occurredAt: Number.NaN, status: 'RINGING' });
    expect(host.events).toEqual([]);
    expectMisuse(host, 'no event');
    await expect(host.state.set('k', 'x'.repeat(70_000))).rejects.toThrow('larger than');
  });
});

describe('wants', () => {
  it('can be set, and every change is told', () => {
    const host = createFakeHost();
    const told: string[] = [];
    const stop = host.onDemandChange((id) => void told.push(id));
    expect(host.hasDemand('audio', call)).toBe(false);
    host.setDemand('audio', 'c-1', true);
    expect(host.hasDemand('audio', call)).toBe(true);
    expect(host.hasDemand('levels', call)).toBe(false);
    stop();
    host.setDemand('audio', 'c-1', false);
    expect(told).toEqual(['c-1']);
    expect(host.wantsListeners).toBe(0);
  });
});

describe('scripted HTTP', () => {
  it('answers by method and address, the latest rule first, and writes every request down', async () => {
    const host = createFakeHost();
    host.respond('POST', 'https://api.example.com/x', { status: 500 });
    host.respond('POST', /\/x$/, ({ json }) => ({ status: 201, json: { heard: json } }));
    const response = await host.fetch('https://api.example.com/x', {
      method: 'POST',
      headers: { 'X-Key': 'k' },
      body: '{"a":1}',
      redirect: 'manual',
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ heard: { a: 1 } });
    expect(host.requests[0]).toMatchObject({ method: 'POST', json: { a: 1 }, redirect: 'manual' });
    expect(host.requests[0]?.headers['x-key']).toBe('k');
    host.verify();
  });

  it('can break the connection, or leave it hanging until the caller gives up', async () => {
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

  it('refuses what is not scripted, and says so at the end even if the caller swallows it', async () => {
    const host = createFakeHost();
    await expect(host.fetch('https://api.example.com/unknown?key=1')).rejects.toThrow(
      'no answer is scripted',
    );
    expectMisuse(host, 'GET https://api.example.com/unknown');
  });
});

describe('scripted dials', () => {
  it('open a socket whose far end the test holds', async () => {
    const host = createFakeHost();
    host.answerDials(() => {});
    const socket = await host.dial(new URL('wss://a.example.com/x'), { signal: never, headers: { a: 'b' } });
    await host.dials[0]?.peer?.send('hello');
    const heard: unknown[] = [];
    socket.onMessage((message) => void heard.push(message));
    expect(heard).toEqual(['hello']);
    expect(host.dials[0]?.headers).toEqual({ a: 'b' });
  });

  it('are refused by throwing, end with their signal, and are a misuse when none is expected', async () => {
    const host = createFakeHost();
    await expect(host.dial(new URL('wss://a.example.com'), { signal: never })).rejects.toThrow('no answer');
    expectMisuse(host, 'dialling a.example.com');
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

describe('fake streams', () => {
  const options = {
    providerCallId: call,
    encoding: 'pcm_s16le',
    sampleRate: 8000,
    parties: ['CUSTOMER', 'ASSISTANT'],
  } as const;

  it('keep a copy of each write, each gap and the first end', () => {
    const host = createFakeHost();
    const stream = host.openStream(options);
    const bytes = new Uint8Array([1, 2, 3, 4]);
    stream.write('INTERLEAVED', bytes);
    bytes.fill(0);
    stream.gap('CUSTOMER', 20, 1);
    stream.end('first');
    stream.end('second');
    stream.write('CUSTOMER', new Uint8Array(2));
    expect(host.streams[0]).toMatchObject({
      writes: [{ party: 'INTERLEAVED', bytes: new Uint8Array([1, 2, 3, 4]) }],
      gaps: [{ party: 'CUSTOMER', durationMs: 20, frames: 1 }],
      endReason: 'first',
      lateWrites: 1,
    });
    host.verify();
  });

  it('refuse half samples, half frames and parties that they were not opened for', () => {
    const host = createFakeHost();
    const stream = host.openStream(options);
    expect(() => stream.write('CUSTOMER', new Uint8Array(3))).toThrow('no whole number');
    expect(() => stream.write('INTERLEAVED', new Uint8Array(6))).toThrow('no whole number');
    expect(() => stream.write('UNKNOWN', new Uint8Array(2))).toThrow('UNKNOWN');
    expectMisuse(host, 'no whole number');
  });
});

describe('addresses and requests', () => {
  it('are made under the public address of the instance', () => {
    const host = createFakeHost({ publicUrl: 'http://127.0.0.1:4000/providers/x/' });
    expect(host.publicUrl('stream/a').href).toBe('http://127.0.0.1:4000/providers/x/stream/a');
    expect(() => host.publicUrl('/a')).toThrow('slash');
    expect([host.randomToken(), host.randomToken()]).toEqual(['fake-token-1', 'fake-token-2']);
  });

  it('carry one body of the kind that was given', () => {
    const form = createIngressRequest({ path: 'hangup', form: { From: '+1 2' }, headers: { 'X-A': 'b' } });
    expect(new TextDecoder().decode(form.body)).toBe('From=%2B1+2');
    expect(form.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded', 'x-a': 'b' });
    expect(() => createIngressRequest({ path: 'a', json: 1, body: 'b' })).toThrow('one body');
    expect(() => createIngressRequest({ path: '/a' })).toThrow('slash');
  });
});

describe('what is under way', () => {
  const url = new URL('wss://api.example.com/listen');

  it('is counted until it is answered or given up', async () => {
    const host = createFakeHost();
    host.respond('*', 'https://api.example.com/hang', NEVER);
    host.respond('*', 'https://api.example.com/fine', {});
    host.answerDials(() => new Promise<void>(() => {}));
    const abort = new AbortController();
    const { signal } = abort;
    const asked = host.fetch('https://api.example.com/hang', { method: 'DELETE', signal });
    const dialled = host.dial(url, { signal });
    await host.fetch('https://api.example.com/fine');
    await host.clock.settle();
    expect([host.openRequests, host.openDials]).toEqual([1, 1]);
    abort.abort();
    await Promise.allSettled([asked, dialled]);
    expect([host.openRequests, host.openDials]).toEqual([0, 0]);
  });

  it('gives no token twice to those that share a memory', () => {
    const before = createFakeHost();
    before.randomToken();
    const after = createFakeHost({ clock: before.clock, state: before.state });
    expect(after.randomToken()).toBe('fake-token-2');
    expect(createFakeHost().randomToken()).toBe('fake-token-1');
  });
});
