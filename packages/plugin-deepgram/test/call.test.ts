/** Tests whole calls against the model of the service. */
import { encodePcm16le } from '@sidetone/core';
import type { Script } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { KEY, RATE, start, utterancesOf } from './harness.ts';
import { body } from './samples.ts';

const SCRIPT: Script = {
  CUSTOMER: [
    [1, 500],
    [2, 800],
  ],
  ASSISTANT: [
    [3, 2500],
    [4, 4000],
  ],
};

describe('call', () => {
  it('produces partials and utterances with their positions', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(6000, SCRIPT);
    await call.end();
    expect(call.of('utterance.final')).toEqual([
      {
        type: 'utterance.final',
        party: 'CUSTOMER',
        utteranceId: 'CUSTOMER-0',
        text: 'word-1 word-2',
        startMs: 500,
        endMs: 1040,
        confidence: 0.9,
      },
      {
        type: 'utterance.final',
        party: 'ASSISTANT',
        utteranceId: 'ASSISTANT-0',
        text: 'word-3',
        startMs: 2500,
        endMs: 2740,
        confidence: 0.9,
      },
      {
        type: 'utterance.final',
        party: 'ASSISTANT',
        utteranceId: 'ASSISTANT-1',
        text: 'word-4',
        startMs: 4000,
        endMs: 4240,
        confidence: 0.9,
      },
    ]);
    expect(call.of('utterance.partial').map(({ utteranceId, text }) => [utteranceId, text])).toEqual([
      ['CUSTOMER-0', 'word-1'],
      ['ASSISTANT-0', 'word-3'],
    ]);
    expect(call.of('speech.started').map(({ party, atMs }) => [party, atMs])).toEqual([
      ['CUSTOMER', 500],
      ['ASSISTANT', 2500],
      ['ASSISTANT', 4000],
    ]);
    expect(call.of('speech.stopped')).toHaveLength(3);
    expect(call.of('state').map(({ state }) => state)).toEqual(['TRANSCRIBING']);
    expect(call.of('gap')).toEqual([]);
    expect(harness.host.clock.pending).toBe(0);
    harness.host.verify();
  });

  it('opens one socket with one channel per party, and sends the key only in a header', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(1000, SCRIPT);
    const [dial] = harness.host.dials;
    expect(harness.host.dials).toHaveLength(1);
    expect(dial!.headers).toEqual({ authorization: `Token ${KEY}` });
    expect(dial!.url.searchParams.get('channels')).toBe('2');
    expect(dial!.url.searchParams.get('multichannel')).toBe('true');
    expect(dial!.maxMessageBytes).toBeLessThanOrEqual(1024 * 1024);
    await call.end();
  });

  it('opens one socket per party if configured', async () => {
    const harness = await start({ sockets: 'party' });
    harness.serve({ channels: 1 });
    const call = harness.open();
    await call.speak(6000, SCRIPT);
    await call.end();
    expect(harness.host.dials.map(({ url }) => url.searchParams.get('channels'))).toEqual(['1', '1']);
    expect(utterancesOf(call)).toEqual([
      ['CUSTOMER', 'word-1 word-2'],
      ['ASSISTANT', 'word-3'],
      ['ASSISTANT', 'word-4'],
    ]);
    expect(call.of('state').map(({ state }) => state)).toEqual(['TRANSCRIBING']);
  });

  it('may start at any position', async () => {
    const harness = await start();
    harness.serve({ channels: 1 });
    const call = harness.open({ parties: ['CUSTOMER'] });
    const samples = new Int16Array((RATE * 240) / 1000).fill(7);
    call.transcription.write('CUSTOMER', encodePcm16le(samples), 90_000);
    call.transcription.write('CUSTOMER', encodePcm16le(new Int16Array(RATE / 2)), 90_240);
    await harness.host.clock.advance(2000);
    await call.end();
    expect(call.of('utterance.final')).toMatchObject([{ startMs: 90_000, endMs: 90_240 }]);
  });

  it('sends the configured encoding and sample rate', async () => {
    const harness = await start({ encoding: 'mulaw', sampleRate: 8000 });
    harness.accept();
    const call = harness.open({ parties: ['CUSTOMER'], sampleRate: 16_000 });
    for (let atMs = 0; atMs < 1000; atMs += 20) {
      call.transcription.write('CUSTOMER', new Uint8Array(640), atMs);
      await harness.host.clock.advance(20);
    }
    const { url } = harness.host.dials[0]!;
    expect([url.searchParams.get('encoding'), url.searchParams.get('sample_rate')]).toEqual([
      'mulaw',
      '8000',
    ]);
    const sent = harness.peers[0]!;
    sent.onMessage(() => undefined);
    const bytes = sent.received.reduce((sum, message) => sum + message.length, 0);
    expect(bytes).toBeGreaterThan(7000);
    expect(bytes).toBeLessThanOrEqual(8000);
    call.controller.abort();
  });

  it('uses the language of the call', async () => {
    const harness = await start({ language: 'en' });
    harness.accept();
    const call = harness.open({ language: 'hi' });
    await harness.host.clock.settle();
    expect(harness.host.dials[0]!.url.searchParams.get('language')).toBe('hi');
    call.controller.abort();
  });

  it('sends only audio, KeepAlive, Finalize and CloseStream', async () => {
    const harness = await start({ keyterms: ['Meridian Cover'], numerals: true });
    harness.serve();
    const call = harness.open();
    await call.speak(6000, SCRIPT);
    await harness.host.clock.advance(20_000);
    await call.end();
    const texts = harness.peers[0]!.received.filter((message) => typeof message === 'string');
    const types = new Set(texts.map((text) => (JSON.parse(text) as { type: string }).type));
    expect([...types].toSorted()).toEqual(['CloseStream', 'KeepAlive']);
    // Documented as errors, or not needed.
    for (const name of [
      'configure_keyterms_replace',
      'configure_keyterms_clear',
      'configure_numerals_on',
      'configure_both_keep_keyterms_null',
      'bad_configure_unknown_field',
      'aai_terminate',
    ]) {
      expect(texts).not.toContain(JSON.stringify(body(name)));
    }
    for (const message of harness.peers[0]!.received) {
      // bad_empty_binary_closes_stream, bad_keepalive_as_binary
      if (typeof message !== 'string') expect(message.length % 4 === 0 && message.length >= 640).toBe(true);
    }
  });

  it('closes its socket normally when it is aborted', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(500);
    call.controller.abort();
    await harness.host.clock.settle();
    const { code } = body('close_by_client_1000')['_close'] as { code: number };
    expect(harness.peers[0]!.closing?.code).toBe(code);
  });
});

describe('aborted call', () => {
  it('closes a socket that opens at the same time', async () => {
    const harness = await start();
    const call = harness.open();
    harness.accept(() => call.controller.abort());
    await harness.host.clock.settle();
    harness.reject(503);
    const late = harness.open();
    harness.accept(() => late.controller.abort());
    await late.speak(100);
    expect(harness.peers.length).toBeGreaterThan(0);
    expect(harness.peers.every(({ closing }) => closing !== undefined)).toBe(true);
    expect(harness.host.clock.pending).toBe(0);
  });
});

describe('instance', () => {
  it('limits the number of calls', async () => {
    const harness = await start({ maxCalls: 1 });
    harness.serve();
    const call = harness.open();
    expect(() => harness.open()).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    call.controller.abort();
    await harness.host.clock.settle();
    await harness.open().end();
  });

  it('does not connect before a call is opened', async () => {
    const harness = await start();
    await harness.host.clock.advance(60_000);
    expect([harness.host.dials.length, harness.host.requests.length, harness.host.clock.pending]).toEqual([
      0, 0, 0,
    ]);
  });

  it('releases everything and emits nothing after a stop', async () => {
    const harness = await start({ sockets: 'party' });
    harness.serve({ channels: 1 });
    const calls = [harness.open(), harness.open()];
    await calls[0]!.speak(700, SCRIPT);
    const count = calls[0]!.events.length;
    harness.host.answerDials(() => new Promise(() => undefined));
    calls.push(harness.open());
    await harness.host.clock.settle();
    expect(harness.host.openDials).toBe(2);
    await harness.transcriber.stop(new AbortController().signal);
    expect(harness.host.openDials).toBe(0);
    await calls[0]!.speak(3000, SCRIPT);
    await Promise.all(calls.map((call) => call.end()));
    expect(calls[0]!.events).toHaveLength(count);
    expect(harness.peers.every(({ closing }) => closing !== undefined)).toBe(true);
    expect(harness.host.clock.pending).toBe(0);
    expect(harness.host.openDials).toBe(0);
  });

  it('logs neither transcripts nor the API key', async () => {
    const harness = await start();
    harness.serve();
    const call = harness.open();
    await call.speak(1500, SCRIPT);
    harness.peers[0]!.cut();
    await call.speak(1500, SCRIPT);
    harness.reject(401, JSON.stringify({ err_msg: `the key ${KEY} is bad, word-1` }));
    harness.peers[1]!.cut();
    await call.speak(3000, SCRIPT);
    await call.end();
    expect(harness.host.logs.length).toBeGreaterThan(1);
    expect(harness.host.logText()).not.toMatch(/word-\d|key-of/);
    expect(JSON.stringify(call.events)).not.toContain(KEY);
    expect(call.of('state').at(-1)).toMatchObject({
      state: 'FAILED',
      message: expect.stringContaining('[redacted]'),
    });
  });
});
