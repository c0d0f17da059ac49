import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentUrlFor, agentUrlProblem, parseWebSocketUrl } from '../../src/relay/agent-url.ts';
import {
  checkpoint,
  clearAudio,
  clearedAudio,
  decodeAgentMessage,
  playAudio,
  stop,
} from '../../src/relay/agent-wire.ts';
import { createSendQueue, MAX_UNSENT_CHARACTERS } from '../../src/relay/send-queue.ts';
import { withSilence } from '../../src/relay/silence.ts';
import { frame, samplesOf, STREAM, textOf } from '../samples.ts';

const sample = (name: string): object => samplesOf('stream-out').find((each) => each.name === name)!.body;

describe('a message of an agent', () => {
  it.each([
    ['play_audio_l16_24k', { type: 'playAudio', contentType: 'audio/x-l16', sampleRate: 24_000 }],
    ['play_audio_mulaw_60ms', { type: 'playAudio', contentType: 'audio/x-mulaw', sampleRate: 8000 }],
    ['checkpoint_unicode', { type: 'checkpoint' }],
    ['clear_audio', { type: 'clearAudio', streamId: STREAM }],
    ['stop', { type: 'stop', streamId: STREAM }],
    ['send_dtmf_plivo_only_unverified', { type: 'unknown' }],
  ])('is read: %s', (name, expected) => {
    expect(decodeAgentMessage(textOf(sample(name) as Readonly<Record<string, unknown>>))).toMatchObject(
      expected,
    );
  });

  it('is read whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void decodeAgentMessage(text)));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, media) => {
        const texts = [value, { event: 'playAudio', streamId: value, media }, { event: value }].map((each) =>
          JSON.stringify(each),
        );
        for (const text of texts) decodeAgentMessage(text);
      }),
    );
    expect(decodeAgentMessage('[]').type).toBe('malformed');
    expect(decodeAgentMessage('{').type).toBe('malformed');
  });
});

describe('a message of ours', () => {
  it('is as documented', () => {
    const l16 = sample('play_audio_l16_16k') as { media: { payload: string } };
    const format = { encoding: 'audio/x-l16', sampleRate: 16_000 };
    expect(JSON.parse(playAudio(STREAM, format, l16.media.payload))).toEqual(l16);
    expect(JSON.parse(checkpoint(STREAM, 'turn-7-end'))).toEqual(sample('checkpoint'));
    expect(JSON.parse(clearAudio(STREAM))).toEqual(sample('clear_audio'));
    expect(JSON.parse(stop(STREAM))).toEqual(sample('stop'));
    expect(JSON.parse(clearedAudio(STREAM))).toEqual(JSON.parse(frame('cleared_audio_no_sequence')));
  });

  it('names no stream where the start named none', () => {
    expect(stop(undefined)).toBe('{"event":"stop"}');
  });
});

describe('a message without its sound', () => {
  const payloadIn = (text: string) => (JSON.parse(text) as { media: { payload: string } }).media.payload;

  it.each([
    ['media_current_mulaw_silence', 'audio/x-mulaw', 160, 0xff],
    ['media_current_l16_16k_tone', 'audio/x-l16', 640, 0],
    ['media_60ms_long_frame', 'audio/x-mulaw', 480, 0xff],
    ['media_base64_without_padding', 'audio/x-mulaw', 160, 0xff],
    // It says itself what it is.
    ['media_older_mulaw', 'audio/x-l16', 160, 0xff],
  ])('has silence of the same length, and the rest as it was: %s', (name, encoding, bytes, value) => {
    const silent = withSilence(frame(name), encoding);
    expect(Buffer.from(payloadIn(silent), 'base64')).toEqual(Buffer.alloc(bytes, value));
    expect(silent.replace(payloadIn(silent), payloadIn(frame(name)))).toBe(frame(name));
  });

  it('has none of it wherever it stands, and however it is written', () => {
    const text = '{"event":"media","media":{"payload":"\\/v7+","note":"/v7+"}}';
    expect(payloadIn(withSilence(text, 'audio/x-mulaw'))).toBe('////');
  });

  it('is as it was if it had none', () => {
    const others = samplesOf('stream-in').filter(
      ({ body }) => typeof (body['media'] as { payload?: unknown } | undefined)?.payload !== 'string',
    );
    expect(others.length).toBeGreaterThan(10);
    for (const { body } of others) expect(withSilence(textOf(body), 'audio/x-mulaw')).toBe(textOf(body));
  });
});

describe('the address of an agent', () => {
  it('has what is known of the call, percent-encoded, in its path and its query', () => {
    const template = 'wss://a.example.in/{callId}/x?from={from}&to={to}&{from}';
    expect(agentUrlFor(template, { callId: 'a/b', from: '+91 9&' }).href).toBe(
      'wss://a.example.in/a%2Fb/x?from=%2B91%209%26&to=&%2B91%209%26',
    );
  });

  it('is the same whatever a call is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (callId) => {
        const url = agentUrlFor('wss://a.example.in/x?call={callId}&key=k', { callId });
        expect([url.host, url.pathname, url.searchParams.get('key')]).toEqual(['a.example.in', '/x', 'k']);
        expect(url.searchParams.get('call')).toBe(callId);
      }),
    );
  });

  it.each([
    'https://a.example.in/x',
    'nonsense',
    'wss://a.example.in/#x',
    'wss://{callId}.example.in/',
    'wss://{from}:x@a.example.in/',
    'wss://a.example.in/{call}',
    'wss://a.example.in/?{caller}={from}',
  ])('that cannot be one is a mistake: %s', (template) => {
    expect(agentUrlProblem(template)).toMatch(/^expected /);
  });

  it.each(['ws://127.0.0.1:9000', 'wss://u:p@a.example.in/{callId}?f={from}&t={to}'])(
    'that can be one is none: %s',
    (template) => {
      expect(agentUrlProblem(template)).toBeUndefined();
      expect(parseWebSocketUrl(template)).toBeDefined();
    },
  );
});

describe('what is on its way to Vobiz', () => {
  it('is bounded: audio is dropped beyond, told once, and nothing else is', async () => {
    const sent: number[] = [];
    const warnings: string[] = [];
    let taken = (): void => undefined;
    const outlet = createSendQueue(
      {
        send: (message) => {
          sent.push(message.length);
          return new Promise((resolve) => (taken = resolve));
        },
      },
      { warn: (message) => warnings.push(message) },
    );
    expect(outlet.send('x'.repeat(MAX_UNSENT_CHARACTERS + 1), true)).toBe(true);
    expect(outlet.send('audio', true)).toBe(false);
    expect(outlet.send('audio', true)).toBe(false);
    const takeFirst = taken;
    expect(outlet.send('stop')).toBe(true);
    expect(outlet.dropped).toBe(2);
    expect(warnings).toHaveLength(1);
    takeFirst();
    await new Promise((resolve) => setImmediate(resolve));
    expect(outlet.send('audio', true)).toBe(true);
    expect(sent.slice(1)).toEqual([4, 5]);
    outlet.end();
    expect(outlet.send('stop')).toBe(false);
  });
});
