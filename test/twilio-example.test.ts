/** Tests the parts of the Twilio example that are specific to Twilio and outside the conformance audits. */
import {
  createCommandContext,
  createControlledCall,
  createFakeHost,
  createFakeSocket,
  createIngressRequest,
  type FakeHost,
} from '@sidetone/testkit';
import type { IngressResponse, Provider, ProviderPlugin } from '@sidetone/core';
import { describe, expect, test } from 'vitest';

interface Example {
  readonly default: ProviderPlugin<unknown>;
  readonly signatureOf: (url: URL, fields: URLSearchParams, token: { reveal(): string }) => string;
}

const TOKEN = 'auth-token-0';
const CALL = 'CA00000000000000000000000000000002';
const ACCOUNT = 'AC00000000000000000000000000000001';
const SOUND = 'https://media.example.com/a.wav';
const ABOUT = { CallSid: CALL, From: '+15005550006', To: '+15005550001', Direction: 'inbound' };

const { default: plugin, signatureOf } = (await import(
  /* @vite-ignore */ new URL('../examples/twilio-provider/index.js', import.meta.url).href
)) as Example;

interface Fixture {
  readonly host: FakeHost;
  readonly provider: Provider;
  post(path: string, form: Record<string, string>): Promise<IngressResponse | undefined>;
  /** Opens the stream as Twilio does. Returns the messages that were sent on it, and a function to send one. */
  open(): Promise<{ sent: () => unknown[]; receive: (message: object) => Promise<void> }>;
}

async function started(options: object = {}): Promise<Fixture> {
  const host = createFakeHost();
  const result = await plugin.options['~standard'].validate({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    ...options,
  });
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  const provider = plugin.create(result.value, host);
  const post = async (path: string, form: Record<string, string>): Promise<IngressResponse | undefined> => {
    const fields = { ...ABOUT, ...form };
    const signature = signatureOf(host.publicUrl(path), new URLSearchParams(fields), { reveal: () => TOKEN });
    const headers = { 'x-twilio-signature': signature };
    return provider.ingress?.request?.(createIngressRequest({ path, form: fields, headers }));
  };
  return {
    host,
    provider,
    post,
    async open() {
      const { socket, peer } = createFakeSocket();
      const path = /fake\/(stream\/[^"]+)"/.exec(
        String((await post('answer', { CallStatus: 'ringing' }))?.body),
      )![1]!;
      provider.ingress?.socket?.(createIngressRequest({ method: 'GET', path }), socket);
      const receive = async (message: object): Promise<void> => {
        await peer.send(JSON.stringify(message));
        await host.clock.settle();
      };
      const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
      await receive({
        event: 'start',
        start: { callSid: CALL, streamSid: 'MZ3', tracks: ['inbound'], mediaFormat },
      });
      return { sent: () => socket.sent.map((text) => JSON.parse(String(text)) as unknown), receive };
    },
  };
}

test('computes the signature of the example in the documentation of Twilio', () => {
  const fields = new URLSearchParams({
    To: '+18005551212',
    From: '+12349013030',
    Digits: '1234',
    CallSid: 'CA1234567890ABCDE',
    Caller: '+12349013030',
  });
  const url = new URL('https://mycompany.com/myapp.php?foo=1&bar=2');
  expect(signatureOf(url, fields, { reveal: () => '12345' })).toBe('0/KCTR6DLpKmkAf8muzZqo1nDgQ=');
});

describe('the answer to a call', () => {
  test('is a two-way stream without a dialled number', async () => {
    const { post } = await started();
    expect(await post('answer', { CallStatus: 'ringing' })).toEqual({
      status: 200,
      headers: { 'content-type': 'application/xml; charset=utf-8' },
      body: '<Response><Connect><Stream url="wss://calls.example.com/providers/fake/stream/fake-token-1"/></Connect></Response>',
    });
  });

  test('is a stream of both tracks and a dial with a dialled number', async () => {
    const { post } = await started({ dial: '+15005550009' });
    expect((await post('answer', { CallStatus: 'ringing' }))?.body).toBe(
      '<Response><Start><Stream url="wss://calls.example.com/providers/fake/stream/fake-token-1" track="both_tracks"/></Start><Dial>+15005550009</Dial></Response>',
    );
  });

  test('has the same stream for a repeated request', async () => {
    const { post } = await started();
    expect(await post('answer', {})).toEqual(await post('answer', {}));
  });
});

test.each([
  ['completed', 'UNKNOWN'],
  ['busy', 'BUSY'],
  ['no-answer', 'NO_ANSWER'],
  ['failed', 'CONFIGURATION'],
  ['canceled', 'OPERATOR_ENDED'],
])('ends a call with status %s as %s, at the time reported by Twilio', async (status, category) => {
  const { host, post } = await started();
  await post('status', { CallStatus: status, Timestamp: 'Mon, 05 Jan 2026 09:00:09 +0000' });
  expect(host.eventsOf('call.ended')).toMatchObject([
    { end: { category, code: status }, occurredAt: Date.UTC(2026, 0, 5, 9, 0, 9) },
  ]);
});

describe('a played sound', () => {
  /** A mu-law file at 8 kHz; the last two bytes are its samples. */
  const WAV = Buffer.from(
    '524946462600000057415645666d74201000000007000100401f0000401f00000100080064617461020000001122',
    'hex',
  );
  const play = async (): Promise<Fixture & Awaited<ReturnType<Fixture['open']>>> => {
    const fixture = await started();
    fixture.host.respond('GET', SOUND, { bytes: new Uint8Array(WAV) });
    const stream = await fixture.open();
    const call = createControlledCall(CALL);
    await fixture.provider.controls?.playAudio?.(call, { url: SOUND }, createCommandContext());
    return { ...fixture, ...stream };
  };

  test('is sent as mu-law followed by a mark, and confirmed when the mark returns', async () => {
    const { host, sent, receive } = await play();
    expect(sent()).toEqual([
      { event: 'media', streamSid: 'MZ3', media: { payload: Buffer.from([0x11, 0x22]).toString('base64') } },
      { event: 'mark', streamSid: 'MZ3', mark: { name: 'cmd_fake' } },
    ]);
    expect(host.eventsOf('command.confirmed')).toEqual([]);
    await receive({ event: 'mark', mark: { name: 'cmd_fake' } });
    await receive({ event: 'mark', mark: { name: 'cmd_fake' } });
    expect(host.eventsOf('command.confirmed')).toMatchObject([{ commandId: 'cmd_fake' }]);
  });

  test('is not confirmed by its mark after it was cleared', async () => {
    const { host, provider, sent, receive } = await play();
    await provider.controls?.clearAudio?.(createControlledCall(CALL), {}, createCommandContext());
    expect(sent().at(-1)).toEqual({ event: 'clear', streamSid: 'MZ3' });
    await receive({ event: 'mark', mark: { name: 'cmd_fake' } });
    expect(host.eventsOf('command.confirmed')).toEqual([]);
  });

  test('is interrupted by say only if interrupt is true', async () => {
    const { host, provider } = await play();
    host.respond('POST', /Calls/, { json: {} });
    const say = async (interrupt: boolean): Promise<void> =>
      provider.controls?.say?.(
        createControlledCall(CALL),
        { content: 'Tom & Ann', endCallAfterSpoken: true, interrupt },
        createCommandContext(),
      );
    await expect(say(false)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'interrupt' },
    });
    await say(true);
    expect(new URLSearchParams(host.requests.at(-1)?.body).get('Twiml')).toBe(
      '<Response><Say>Tom &#38; Ann</Say><Hangup/></Response>',
    );
  });
});

test('rejects a command with CALL_NOT_LIVE if Twilio reports that the call has ended', async () => {
  const { host, provider } = await started();
  host.respond('POST', /Calls/, { status: 400, json: { code: 21_220, message: 'Invalid call state' } });
  const ended = provider.controls?.endCall?.(createControlledCall(CALL), {}, createCommandContext());
  await expect(ended).rejects.toMatchObject({ code: 'CALL_NOT_LIVE' });
});

test('rejects a stream that belongs to another call', async () => {
  const { host, provider, post } = await started();
  const path = /fake\/(stream\/[^"]+)"/.exec(String((await post('answer', {}))?.body))![1]!;
  const { socket, peer } = createFakeSocket();
  provider.ingress?.socket?.(createIngressRequest({ method: 'GET', path }), socket);
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
  await peer.send(
    JSON.stringify({ event: 'start', start: { callSid: 'CA9', streamSid: 'MZ3', mediaFormat } }),
  );
  await host.clock.settle();
  expect([host.streams, socket.closing?.code]).toEqual([[], 1008]);
});
