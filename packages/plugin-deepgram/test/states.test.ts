import type { SpokenCall } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { CONNECT_TIMEOUT_MS } from '../src/connection/dial.ts';
import { SLOW_MAX_MS, SLOW_MIN_MS } from '../src/connection/reconnect-wait.ts';
import { start } from './harness.ts';

const states = (call: SpokenCall) => call.of('state').map(({ state, code }) => [state, code]);

describe('rejected connection', () => {
  it.each([
    [401, 'DEEPGRAM_UNAUTHORIZED'],
    [402, 'DEEPGRAM_PAYMENT_REQUIRED'],
    [403, 'DEEPGRAM_FORBIDDEN'],
    [400, 'DEEPGRAM_BAD_REQUEST'],
    [404, 'DEEPGRAM_NOT_FOUND'],
  ])('with %i fails permanently, with the reason', async (status, code) => {
    const harness = await start();
    harness.reject(status, '{"err_msg":"the reason"}');
    const call = harness.open();
    await call.speak(2000);
    expect(call.events.at(-1)).toMatchObject({ type: 'state', state: 'FAILED', code });
    expect(call.of('state').at(-1)?.message).toContain('Deepgram says: the reason');
    await call.speak(60_000);
    expect(harness.host.dials).toHaveLength(1);
    expect(harness.host.clock.pending).toBe(0);
    await call.end();
    expect(states(call)).toEqual([['FAILED', code]]);
  });

  it('does not count towards maxCalls', async () => {
    const harness = await start({ maxCalls: 1 });
    harness.reject(401);
    harness.open();
    await harness.host.clock.settle();
    harness.open().controller.abort();
  });

  it('with 400 is retried once without keyterms', async () => {
    const harness = await start({ keyterms: ['Meridian'] });
    harness.reject(400);
    const call = harness.open();
    await call.speak(1000);
    expect(harness.host.dials.map(({ url }) => url.searchParams.getAll('keyterm'))).toEqual([
      ['Meridian'],
      [],
    ]);
    expect(states(call)).toEqual([
      ['CONNECTING', 'DEEPGRAM_KEYTERMS_REFUSED'],
      ['FAILED', 'DEEPGRAM_BAD_REQUEST'],
    ]);
  });

  it('with 429 is retried slowly until it succeeds', async () => {
    const harness = await start();
    harness.reject(429);
    const call = harness.open();
    await call.speak(SLOW_MIN_MS - 100);
    expect(harness.host.dials).toHaveLength(1);
    expect(states(call)).toEqual([['CONNECTING', 'DEEPGRAM_RATE_LIMITED']]);
    harness.serve();
    await call.speak(SLOW_MAX_MS - SLOW_MIN_MS + 200);
    expect(states(call).at(-1)).toEqual(['TRANSCRIBING', undefined]);
    call.controller.abort();
  });

  it('with 503 is retried at once, then with backoff, then slowly', async () => {
    const harness = await start();
    harness.reject(503);
    const call = harness.open();
    await call.speak(100);
    expect(harness.host.dials.length).toBeGreaterThanOrEqual(2);
    await call.speak(30_000);
    const before = harness.host.dials.length;
    expect(before).toBeGreaterThanOrEqual(7);
    await call.speak(120_000);
    expect(harness.host.dials.length - before).toBeGreaterThanOrEqual(3);
    expect(harness.host.dials.length - before).toBeLessThanOrEqual(9);
    expect(states(call)).toEqual([['CONNECTING', 'DEEPGRAM_UNAVAILABLE']]);
    call.controller.abort();
  });
});

describe('connection without a response', () => {
  it('is retried after a timeout', async () => {
    const harness = await start();
    harness.host.answerDials(() => new Promise(() => undefined));
    const call = harness.open();
    await call.speak(CONNECT_TIMEOUT_MS + 100);
    expect(states(call)).toEqual([['CONNECTING', 'DEEPGRAM_UNREACHABLE']]);
    expect(harness.host.dials).toHaveLength(2);
    call.controller.abort();
    await harness.host.clock.settle();
    expect([harness.host.openDials, harness.host.clock.pending]).toEqual([0, 0]);
  });
});

describe('closed connection', () => {
  it.each([
    [1001, '', 'DEEPGRAM_CONNECTION_LOST'],
    [1011, 'https://dpgr.am/net0000', 'DEEPGRAM_UNAVAILABLE'],
    [1012, '', 'DEEPGRAM_UNAVAILABLE'],
    [4003, '', 'DEEPGRAM_CONNECTION_LOST'],
    [1000, '', 'DEEPGRAM_CONNECTION_LOST'],
  ])('with %i is reopened at once', async (code, reason, expected) => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(1000);
    harness.peers[0]!.close(code, reason);
    await call.speak(100);
    expect(states(call)).toEqual([
      ['TRANSCRIBING', undefined],
      ['RECONNECTING', expected],
      ['TRANSCRIBING', undefined],
    ]);
    call.controller.abort();
  });

  it.each([
    [1008, 'DATA-0000', 'DEEPGRAM_AUDIO_REJECTED'],
    [1002, '', 'DEEPGRAM_PROTOCOL_REJECTED'],
    [1007, '', 'DEEPGRAM_AUDIO_REJECTED'],
  ])('with %i fails permanently', async (code, reason, expected) => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(1500, { CUSTOMER: [[1, 1000]] });
    harness.peers[0]!.close(code, reason);
    await call.speak(1000);
    expect(harness.host.dials).toHaveLength(1);
    expect(states(call).at(-1)).toEqual(['FAILED', expected]);
    // The audio without a result is reported before.
    expect(call.of('gap')).toHaveLength(1);
    expect(harness.host.clock.pending).toBe(0);
  });

  it('without audio is reopened with the next audio', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(1000);
    await harness.host.clock.advance(5000);
    harness.peers[0]!.close(1011, 'https://dpgr.am/net0001');
    await harness.host.clock.advance(60_000);
    expect(harness.host.dials).toHaveLength(1);
    expect(states(call).at(-1)).toEqual(['RECONNECTING', 'DEEPGRAM_IDLE']);
    await call.speak(100);
    expect(harness.host.dials).toHaveLength(2);
    harness.peers[1]!.close(1011, 'https://dpgr.am/net0001');
    await harness.host.clock.advance(60_000);
    call.controller.abort();
    await harness.host.clock.settle();
    expect(harness.host.clock.pending).toBe(0);
  });

  it('that fails repeatedly is reopened with backoff', async () => {
    const harness = await start();
    harness.accept((peer) => peer.cut());
    const call = harness.open();
    await call.speak(60_000);
    expect(harness.host.dials.length).toBeLessThan(14);
    harness.serve();
    await call.speak(45_000);
    // A stable connection resets the backoff.
    harness.peers.at(-1)!.cut();
    const before = harness.host.dials.length;
    await call.speak(100);
    expect(harness.host.dials).toHaveLength(before + 1);
    call.controller.abort();
  });
});

describe('one socket per party', () => {
  it('has the worst state of both, and continues with one', async () => {
    const harness = await start({ sockets: 'party' });
    harness.serve({ channels: 1 });
    const call = harness.open();
    await call.speak(1000);
    harness.peers[0]!.close(1008);
    await call.speak(500);
    expect(states(call)).toEqual([
      ['TRANSCRIBING', undefined],
      ['TRANSCRIBING', 'DEEPGRAM_AUDIO_REJECTED'],
    ]);
    harness.reject(503);
    harness.peers[1]!.cut();
    await call.speak(20);
    expect(states(call).at(-1)?.[0]).toBe('RECONNECTING');
    harness.reject(402);
    await call.speak(40_000);
    expect(states(call).at(-1)?.[0]).toBe('FAILED');
    expect(harness.host.clock.pending).toBe(0);
  });
});
