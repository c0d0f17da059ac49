import { FaultError, type PlaceCallArguments } from '@sidetone/core';
import { createCommandContext, createControlledCall, type FakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { SECRETS, start, type Harness } from '../harness.ts';
import { CALL, MONITOR, sample, samplesOf } from '../samples.ts';

const API = 'https://api.vapi.ai/call';
const TRANSPORT_URL = `wss://${MONITOR}/${CALL}/transport`;
const call = createControlledCall(CALL);
const context = createCommandContext();
const created = {
  id: CALL,
  type: 'vapi.websocketCall',
  status: 'queued',
  createdAt: '2026-01-05T09:00:00.000Z',
};
const websocket: PlaceCallArguments = {
  to: '',
  assistantId: 'assistant-1',
  providerOptions: { transport: { provider: 'vapi.websocket' } },
};

/** Starts an instance with a connected transport call. */
async function startConnected(audioFormat?: object, options: object = {}): Promise<Harness> {
  const harness = await start(options);
  const { host, provider } = harness;
  host.respond('POST', API, {
    status: 201,
    json: { ...created, transport: { websocketCallUrl: TRANSPORT_URL } },
  });
  host.respond('GET', `${API}/${CALL}`, { json: { ...created, status: 'in-progress' } });
  host.answerDials(() => {});
  const providerOptions = { transport: { provider: 'vapi.websocket', ...(audioFormat && { audioFormat }) } };
  await provider.placeCall!({ ...websocket, providerOptions }, context);
  await host.clock.settle();
  peerOf(host).onMessage(() => {});
  return harness;
}

const peerOf = (host: FakeHost) => host.dials.at(-1)!.peer!;
const sentAudio = (host: FakeHost): Uint8Array[] =>
  peerOf(host).received.filter((message): message is Uint8Array => typeof message !== 'string');
const sentText = (host: FakeHost): unknown[] =>
  peerOf(host)
    .received.filter((message): message is string => typeof message === 'string')
    .map((text) => JSON.parse(text) as unknown);

/** Returns a WAV file of 16-bit mono audio with equal samples. */
function wav(sampleRate: number, samples: number, value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + samples * 2);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('RIFF____WAVEfmt '));
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint16(34, 16, true);
  bytes.set(Buffer.from('data'), 36);
  view.setUint32(40, samples * 2, true);
  for (let i = 0; i < samples; i++) view.setInt16(44 + i * 2, value, true);
  return bytes;
}

describe('placeCall', () => {
  it('posts the caller and the callee, and returns the id of the call', async () => {
    const { host, provider } = await start();
    host.respond('POST', API, { status: 201, json: { ...created, type: 'outboundPhoneCall' } });
    const args = {
      to: '+15005550006',
      from: '8f0f7c1c',
      assistantId: 'a1',
      providerOptions: { name: 'renewal' },
    };
    expect(await provider.placeCall!(args, context)).toBe(CALL);
    expect(host.requests[0]?.json).toEqual({
      assistantId: 'a1',
      phoneNumberId: '8f0f7c1c',
      customer: { number: '+15005550006' },
      name: 'renewal',
    });
    expect(host.requests[0]?.headers['authorization']).toBe(`Bearer ${SECRETS.apiKey}`);
    expect(host.eventsOf('call.started')).toMatchObject([
      { status: 'QUEUED', details: { direction: 'OUTBOUND' } },
    ]);
    host.verify();
  });

  it('accepts the number, the assistant and the customer in providerOptions', async () => {
    const { host, provider } = await start();
    host.respond('POST', API, { status: 201, json: created });
    const providerOptions = { phoneNumberId: 'p1', assistant: { name: 'Nova' }, customer: { name: 'Ana' } };
    await provider.placeCall!({ to: 'sip:ana@example.net', providerOptions }, context);
    expect(host.requests[0]?.json).toEqual({
      ...providerOptions,
      customer: { sipUri: 'sip:ana@example.net', name: 'Ana' },
    });
  });

  it.each([
    [{ to: '+15005550006', from: 'p1' }, 'assistantId'],
    [{ to: '', from: 'p1', assistantId: 'a' }, 'to'],
    [{ to: '+15005550006', assistantId: 'a' }, 'from'],
    [{ to: '+15005550006', from: '+15005550000', assistantId: 'a' }, 'from'],
    [
      { to: '+15005550006', from: 'p1', assistantId: 'a', providerOptions: { customers: [] } },
      'providerOptions.customers',
    ],
    [
      { ...websocket, providerOptions: { ...websocket.providerOptions, phoneNumberId: 'p' } },
      'providerOptions.phoneNumberId',
    ],
    [
      {
        ...websocket,
        providerOptions: { transport: { provider: 'vapi.websocket', audioFormat: { format: 'mp3' } } },
      },
      'providerOptions.transport.audioFormat.format',
    ],
    [
      {
        ...websocket,
        providerOptions: { transport: { provider: 'vapi.websocket', audioFormat: { sampleRate: 1.5 } } },
      },
      'providerOptions.transport.audioFormat.sampleRate',
    ],
  ])('rejects %j without a request, and names %s', async (args, argument) => {
    const { host, provider } = await start();
    await expect(provider.placeCall!(args, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument },
    });
    expect(host.requests).toEqual([]);
  });

  it.each([
    [{ status: 400, json: sample('error 400, message array', 'rest-response') }, 'PROVIDER_REFUSED', 'E.164'],
    [{ status: 503 }, 'PROVIDER_UNREACHABLE', '503'],
    [
      { status: 201, json: { results: [], errors: [{ error: 'bad number' }] } },
      'PROVIDER_REFUSED',
      'bad number',
    ],
  ])('is never retried: %j', async (reply, code, text) => {
    const { host, provider } = await start();
    host.respond('POST', API, reply);
    const done = provider.placeCall!({ to: '+15005550006', from: 'p1', assistantId: 'a' }, context);
    await expect(done).rejects.toMatchObject({ code, message: expect.stringContaining(text) as string });
    expect(host.requests).toHaveLength(1);
  });

  it('accepts the one call of a batch response', async () => {
    const { host, provider } = await start();
    host.respond('POST', API, { status: 201, json: sample('create batch, one failed', 'rest-response') });
    expect(await provider.placeCall!({ to: '+15005550006', from: 'p1', assistantId: 'a' }, context)).toBe(
      CALL,
    );
  });
});

describe('transport call', () => {
  it('is connected at the URL of the call, by default without the private key', async () => {
    const { host } = await startConnected();
    expect(host.requests[0]?.json).toEqual({
      assistantId: 'assistant-1',
      transport: {
        provider: 'vapi.websocket',
        audioFormat: { format: 'pcm_s16le', container: 'raw', sampleRate: 16_000 },
      },
    });
    expect(host.dials.map(({ url, headers }) => [url.href, headers])).toEqual([[TRANSPORT_URL, {}]]);
    expect(host.logText()).not.toContain('vapi.ai');
    const { host: withKey } = await startConnected(undefined, { transport: { sendApiKey: true } });
    expect(withKey.dials[0]?.headers).toEqual({ authorization: `Bearer ${SECRETS.apiKey}` });
  });

  it('is connected once its URL is known', async () => {
    const { host, provider } = await start();
    host.answerDials(() => {});
    host.respond('POST', API, { status: 201, json: created });
    let requests = 0;
    host.respond('GET', `${API}/${CALL}`, () => ({
      json: { ...created, ...(++requests === 2 && { transport: { websocketCallUrl: TRANSPORT_URL } }) },
    }));
    await provider.placeCall!(websocket, context);
    await host.clock.advance(3000);
    expect(host.dials).toHaveLength(1);
  });

  it.each([
    `wss://evil.example/${CALL}/transport`,
    `wss://${MONITOR}/other/transport`,
    `wss://${MONITOR}/${CALL}/listen`,
  ])('is not connected at %s', async (websocketCallUrl) => {
    const { host, provider } = await start();
    host.respond('POST', API, { status: 201, json: { ...created, transport: { websocketCallUrl } } });
    await provider.placeCall!(websocket, context);
    await host.clock.advance(20_000);
    expect(host.dials).toEqual([]);
    expect(host.logs.some(({ level }) => level === 'warn')).toBe(true);
    host.verify();
  });

  it('is retried after 1, 2 and 4 seconds, then checked', async () => {
    const { host, provider } = await start();
    host.respond('POST', API, {
      status: 201,
      json: { ...created, transport: { websocketCallUrl: TRANSPORT_URL } },
    });
    host.respond('GET', `${API}/${CALL}`, { json: sample('get ended call, full', 'rest-response') });
    host.answerDials(() => {
      throw new FaultError('PROVIDER_REFUSED', 'no');
    });
    await provider.placeCall!(websocket, context);
    await host.clock.advance(10_000);
    expect(host.dials).toHaveLength(4);
    expect(host.eventsOf('call.ended')).toHaveLength(1);
  });

  it.each([
    [undefined, 'binary silence, 20 ms of 16 kHz pcm', 640],
    [{ format: 'mulaw', sampleRate: 8000 }, undefined, 160],
  ])('receives a frame of silence every 20 ms without audio to play: %j', async (format, name, bytes) => {
    const { host } = await startConnected(format);
    await host.clock.advance(980);
    const frames = sentAudio(host);
    expect(frames).toHaveLength(50);
    const { base64 } = (
      name ? sample(name, 'transport-out') : { base64: Buffer.alloc(160, 0xff).toString('base64') }
    ) as {
      base64: string;
    };
    for (const frame of frames) expect(Buffer.from(frame).toString('base64')).toBe(base64);
    expect(frames[0]).toHaveLength(bytes);
    const [stream] = host.streams;
    expect(stream!.options).toMatchObject({ parties: ['CUSTOMER', 'ASSISTANT'] });
    expect(stream!.writes.slice(0, 2).map(({ party, positionMs }) => [party, positionMs])).toEqual([
      ['CUSTOMER', 0],
      ['CUSTOMER', 20],
    ]);
    host.verify();
  });

  it('writes the audio of the assistant in real time, and drops the rest after an interruption', async () => {
    const { host } = await startConnected();
    const audio = samplesOf('transport-in').find(({ name }) =>
      name.startsWith('binary agent audio, 20 ms of 16'),
    )!;
    const frame = Buffer.from((audio.body as { base64: string }).base64, 'base64');
    // A burst: three frames at once, cut in the middle of a sample.
    await peerOf(host).send(Buffer.concat([frame, frame.subarray(0, 301)]));
    await peerOf(host).send(Buffer.concat([frame.subarray(301), frame]));
    await host.clock.advance(40);
    const received = () => host.streams[0]!.writes.filter(({ party }) => party === 'ASSISTANT');
    expect(received().map(({ positionMs }) => positionMs)).toEqual([20, 40]);
    expect(Buffer.from(received()[0]!.bytes)).toEqual(frame);
    await peerOf(host).send(JSON.stringify({ type: 'user-interrupted' }));
    await host.clock.advance(100);
    expect(received()).toHaveLength(2);
  });

  it.each([-300_000, -2000, 2000, 3_600_000, 39_600_000])(
    'receives a frame every 20 ms if the wall clock is set by %i ms',
    async (stepMs) => {
      const { host } = await startConnected();
      await host.clock.advance(980);
      host.clock.stepWallClock(stepMs);
      await host.clock.advance(1000);
      expect(sentAudio(host)).toHaveLength(100);
      const positions = host.streams[0]!.writes.map(({ positionMs }) => positionMs);
      expect(positions).toEqual(positions.map((_, i) => i * 20));
    },
  );

  it('plays WAV files in order, resampled, until the queue is cleared', async () => {
    const { host, provider } = await startConnected({ format: 'pcm_s16le', sampleRate: 8000 });
    const url = 'https://files.example.com/hello.wav';
    host.respond('GET', url, { bytes: wav(16_000, 1600, 1000) });
    await provider.controls!.playAudio!(call, { url }, context);
    await provider.controls!.playAudio!(call, { url }, context);
    await host.clock.advance(120);
    const loud = () => sentAudio(host).filter((frame) => Buffer.from(frame).readInt16LE(160) > 900).length;
    expect(loud()).toBe(6);
    await provider.controls!.clearAudio!(call, {}, context);
    await host.clock.advance(200);
    expect(loud()).toBe(6);
    expect(sentAudio(host)).toHaveLength(17);
    host.verify();
  });

  it.each([
    ['ftp://files.example.com/x.wav', undefined],
    ['nonsense', undefined],
    ['https://files.example.com/x.wav', { status: 404 }],
    ['https://files.example.com/x.wav', { status: 302, headers: { location: 'http://10.0.0.1/' } }],
    ['https://files.example.com/x.wav', { text: 'ID3 is no WAV' }],
    ['https://files.example.com/x.wav', { bytes: wav(16_000, 4_200_000, 1) }],
  ])('rejects %s with %#', async (url, reply) => {
    const { host, provider } = await startConnected();
    if (reply) host.respond('GET', url, reply);
    await expect(provider.controls!.playAudio!(call, { url }, context)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { argument: 'url' },
    });
  });

  it('emits messages of its socket, and ignores the same messages by webhook', async () => {
    const { host, post } = await startConnected();
    const inbound = samplesOf('transport-in').filter(({ meta }) => meta?.frame === 'text');
    for (const { name, body } of inbound) {
      if (!name.startsWith('status-update ended')) await peerOf(host).send(JSON.stringify(body));
    }
    await host.clock.settle();
    const texts = () => host.eventsOf('utterance.final').map(({ text }) => text);
    expect(texts()).toEqual(['Good morning, this is Nova.']);
    const fields = { type: 'transcript', role: 'assistant', transcriptType: 'final' };
    await post({ message: { ...fields, transcript: 'Good morning, this is Nova.', call: { id: CALL } } });
    expect(texts()).toHaveLength(1);
  });

  it('accepts commands and audio over its socket, unlike other calls', async () => {
    const { host, provider } = await startConnected();
    expect(provider.controlsFor!(call)).toEqual(
      expect.arrayContaining(['PLAY_AUDIO', 'CLEAR_AUDIO', 'LISTEN', 'SAY']),
    );
    const { controls } = provider;
    const message = { role: 'SYSTEM', content: 'Be brief.', triggerResponse: false } as const;
    await controls!.addMessage!(call, message, context);
    await controls!.mute!(call, { party: 'ASSISTANT' }, context);
    await host.clock.settle();
    expect(sentText(host)).toEqual([
      sample('add-message', 'transport-out'),
      sample('control mute', 'transport-out'),
    ]);
    const other = createControlledCall('other');
    expect(provider.controlsFor!(other)).not.toContain('PLAY_AUDIO');
    await expect(controls!.playAudio!(other, { url: 'https://x/y.wav' }, context)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
  });

  it('is ended by a command, and a second later by closing the socket', async () => {
    const { host, provider } = await startConnected();
    host.respond('GET', `${API}/${CALL}`, { json: sample('get ended call, full', 'rest-response') });
    await provider.controls!.endCall!(call, {}, context);
    await host.clock.advance(980);
    expect(sentText(host)).toEqual([sample('end-call', 'transport-out')]);
    expect(peerOf(host).closing).toBeUndefined();
    await host.clock.advance(20);
    expect(peerOf(host).closing?.code).toBe(1000);
    await host.clock.advance(70_000);
    expect(host.eventsOf('call.ended')).toHaveLength(1);
    expect(host.streams[0]?.endReason).toBeDefined();
    expect(host.clock.pending).toBe(0);
  });

  it('is checked when its socket is lost, and not reconnected', async () => {
    const { host } = await startConnected();
    host.respond('GET', `${API}/${CALL}`, { json: sample('get ended call, full', 'rest-response') });
    peerOf(host).cut();
    await host.clock.advance(10_000);
    expect(host.eventsOf('call.ended')).toMatchObject([{ end: { code: 'customer-ended-call' } }]);
    expect(host.dials).toHaveLength(1);
  });

  it('has audio without a listen socket', async () => {
    const { host, post } = await startConnected();
    await post(sample('status-update in-progress, embedded call stale'));
    host.setDemand('levels', CALL, true);
    await host.clock.advance(1000);
    expect(host.dials).toHaveLength(1);
  });

  it('is closed when the provider stops', async () => {
    const { host, provider } = await startConnected();
    await provider.stop(new AbortController().signal);
    await host.clock.settle();
    expect(peerOf(host).closing?.code).toBe(1000);
    expect(host.streams[0]?.endReason).toBe('the provider stopped');
    expect(host.clock.pending).toBe(0);
    host.verify();
  });
});
