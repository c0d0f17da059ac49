import type { Script } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { END_TIMEOUT_MS } from '../src/session.ts';
import { start, utterancesOf } from './harness.ts';

const SCRIPT: Script = { CUSTOMER: [[1, 500]], ASSISTANT: [[2, 700]] };

describe('end of a call', () => {
  it('waits for the last results', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(960, SCRIPT);
    expect(call.of('utterance.final')).toEqual([]);
    await call.end();
    expect(utterancesOf(call)).toEqual([
      ['CUSTOMER', 'word-1'],
      ['ASSISTANT', 'word-2'],
    ]);
    expect(harness.peers[0]!.closing?.code).toBe(1000);
  });

  it('waits for a connection that is being opened', async () => {
    const harness = await start();
    let open = (): void => undefined;
    harness.host.answerDials(() => new Promise((resolve) => (open = resolve)));
    const call = harness.open();
    await call.speak(1000, SCRIPT);
    const ended = call.transcription.end();
    harness.serve();
    open();
    await harness.host.clock.advance(8100);
    // The first dial was not served; the second is.
    await harness.host.clock.advance(END_TIMEOUT_MS);
    await ended;
    expect(harness.host.clock.pending).toBe(0);
  });

  it('reconnects if the connection is lost meanwhile', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(960, SCRIPT);
    const ended = call.transcription.end();
    harness.peers[0]!.cut();
    await harness.host.clock.advance(END_TIMEOUT_MS);
    await ended;
    expect(utterancesOf(call)).toEqual([
      ['CUSTOMER', 'word-1'],
      ['ASSISTANT', 'word-2'],
    ]);
    expect(call.of('gap')).toEqual([]);
  });

  it('interrupts the backoff', async () => {
    const harness = await start();
    harness.reject(429);
    const call = harness.open();
    await call.speak(1000, SCRIPT);
    harness.serve();
    await call.end();
    expect(utterancesOf(call)).toHaveLength(2);
  });

  it('times out if the service sends nothing, and keeps the partial', async () => {
    const harness = await start();
    harness.accept((peer) => {
      const words = [{ word: 'hello', start: 0.5, end: 0.7 }];
      const channel = { alternatives: [{ transcript: 'hello', words }] };
      const interim = { type: 'Results', channel_index: [0, 2], start: 0, duration: 0.8, channel };
      let bytes = 0;
      peer.onMessage((message) => {
        if (typeof message !== 'string') bytes += message.length;
        if (bytes >= 0.8 * 32_000) void peer.send(JSON.stringify(interim)).catch(() => undefined);
      });
    });
    const call = harness.open();
    await call.speak(1000);
    const before = harness.host.clock.now();
    await call.end();
    expect(harness.host.clock.now() - before).toBeLessThanOrEqual(END_TIMEOUT_MS + 200);
    expect(utterancesOf(call)).toEqual([['CUSTOMER', 'hello']]);
    expect(call.of('gap')).toMatchObject([{ fromMs: 800, toMs: 1000 }]);
    expect(harness.host.clock.pending).toBe(0);
  });

  it('reports the audio as a gap if there was no connection', async () => {
    const harness = await start();
    harness.reject(503);
    const call = harness.open();
    await call.speak(3000, SCRIPT);
    await call.end();
    expect(call.of('gap')).toMatchObject([{ fromMs: 0, toMs: 3000 }]);
    expect(call.of('utterance.final')).toEqual([]);
  });

  it('does not wait without audio', async () => {
    const harness = await start();
    harness.reject(503);
    const call = harness.open();
    await harness.host.clock.advance(100);
    const before = harness.host.clock.now();
    await call.end();
    expect(harness.host.clock.now() - before).toBeLessThanOrEqual(100);
    expect(call.of('gap')).toEqual([]);
    expect(harness.host.clock.pending).toBe(0);
  });

  it('may be requested repeatedly, and drops later audio', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(960, SCRIPT);
    await Promise.all([call.end(), call.end()]);
    const count = call.events.length;
    await call.speak(2000, { CUSTOMER: [[9, 1000]] });
    await call.end();
    expect(call.events).toHaveLength(count);
  });

  it('is immediate and silent when the call is aborted', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(960, SCRIPT);
    const count = call.events.length;
    const ended = call.transcription.end();
    call.controller.abort();
    await ended;
    await harness.host.clock.advance(20_000);
    expect(call.events).toHaveLength(count);
    expect(harness.host.clock.pending).toBe(0);
  });
});
