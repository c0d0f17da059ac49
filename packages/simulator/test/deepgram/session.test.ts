import { describe, expect, it } from 'vitest';
import { encodeMulaw } from '../../src/audio/mulaw.ts';
import { encodeLinear16, encodeStereo } from '../../src/audio/pcm.ts';
import {
  connect,
  createDeepgram,
  isFinal,
  LISTEN,
  textOf,
  transcriptOf,
  TWO_CHANNELS,
  eventually,
} from '../support/deepgram.ts';
import { joined, silence, spoken, wideband } from '../support/spoken.ts';

const HELLO = 'Hello, how can I help?';
const CLOSE = 'When do you close?';

describe.concurrent('a socket', () => {
  it('sends results and utterance ends, and closes on request', async (context) => {
    const simulator = await createDeepgram(context);
    const client = await connect(simulator);
    client.send(joined(silence(500), spoken(HELLO), silence(1_500)));
    client.sendJson({ type: 'CloseStream' });
    expect(await client.closed).toEqual({ code: 1000, reason: '' });
    expect(textOf(client.messages)).toBe(HELLO);
    expect(client.messages.map(({ type }) => type)).toContain('UtteranceEnd');
    const last = client.messages.at(-1);
    expect(last).toMatchObject({ type: 'Metadata', request_id: client.requestId, channels: 1 });
    expect(last?.['duration']).toBeCloseTo(2 + spoken(HELLO).length / 8_000, 3);
  });

  it.for([
    ['mulaw at 8 kHz', 'encoding=mulaw&sample_rate=8000', () => encodeMulaw(spoken(HELLO))],
    ['linear16 at 16 kHz', 'encoding=linear16&sample_rate=16000', () => encodeLinear16(wideband(HELLO))],
  ] as const)('transcribes %s', async ([, format, audio], context) => {
    const client = await connect(await createDeepgram(context), `model=nova-3&punctuate=true&${format}`);
    client.socket.send(audio());
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(textOf(client.messages)).toBe(HELLO);
  });

  it('transcribes two channels separately', async (context) => {
    const client = await connect(await createDeepgram(context), TWO_CHANNELS);
    const [assistant, customer] = [spoken(HELLO), joined(silence(300), spoken(CLOSE))];
    client.socket.send(encodeStereo(joined(customer, silence(1_000)), assistant));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect([textOf(client.messages, 0), textOf(client.messages, 1)]).toEqual([CLOSE, HELLO]);
  });

  it('recognises less in two channels that were not declared', async (context) => {
    const client = await connect(await createDeepgram(context), LISTEN);
    client.socket.send(encodeStereo(spoken(HELLO), spoken(HELLO)));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(textOf(client.messages)).toBe('');
  });

  it('sends words without punctuation by default, and languages with language=multi', async (context) => {
    const simulator = await createDeepgram(context);
    const plain = await connect(simulator, 'model=nova-2&encoding=linear16&sample_rate=8000&language=multi');
    plain.send(spoken(HELLO));
    plain.sendJson({ type: 'CloseStream' });
    await plain.closed;
    expect(textOf(plain.messages)).toBe('hello how can i help');
    expect(plain.messages[0]).toMatchObject({
      channel: {
        alternatives: [
          {
            languages: ['en'],
            words: expect.arrayContaining([
              {
                word: 'hello',
                language: 'en',
                start: expect.any(Number),
                end: expect.any(Number),
                confidence: expect.any(Number),
              },
            ]),
          },
        ],
      },
      metadata: { model_info: { name: 'general-nova-2', arch: 'nova-2' } },
    });
  });

  it('answers Finalize with a final of every channel, or of one', async (context) => {
    const client = await connect(await createDeepgram(context), TWO_CHANNELS);
    client.socket.send(encodeStereo(silence(500), silence(500)));
    client.sendJson({ type: 'Finalize', channel: 1 });
    expect(await client.until(isFinal)).toMatchObject({ channel_index: [1, 2], from_finalize: true });
    client.sendJson({ type: 'Finalize' });
    await client.until((message) => isFinal(message) && String(message['channel_index']) === '0,2');
    expect(client.messages.filter(isFinal).map((message) => message['channel_index'])).toEqual([
      [1, 2],
      [0, 2],
    ]);
  });

  it('does not answer Finalize with finalizeAnswers false', async (context) => {
    const client = await connect(await createDeepgram(context, { finalizeAnswers: false }));
    client.send(silence(500));
    client.sendJson({ type: 'Finalize' });
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(client.messages.filter((message) => message['from_finalize'] === true)).toEqual([]);
  });

  it('answers Configure and invalid messages, and continues', async (context) => {
    const simulator = await createDeepgram(context);
    const client = await connect(simulator);
    client.sendJson({ type: 'Configure', keyterms: ['Asha'] });
    expect(await client.until(({ type }) => type === 'ConfigureSuccess')).toEqual({
      type: 'ConfigureSuccess',
      request_id: client.requestId,
      keyterms: ['Asha'],
    });
    client.sendJson({ type: 'Mood' });
    expect(await client.until(({ type }) => type === 'Error')).toMatchObject({ variant: 'SchemaError' });
    simulator.deepgram.setBehaviour({ configureAnswer: 'failure' });
    client.sendJson({ type: 'Configure', features: { numerals: true } });
    await client.until(({ type }) => type === 'ConfigureFailure');
    simulator.deepgram.setBehaviour({ configureAnswer: 'none' });
    client.sendJson({ type: 'Configure' });
    client.send(spoken(HELLO));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(client.messages.filter(({ type }) => String(type).startsWith('Configure'))).toHaveLength(2);
    expect(textOf(client.messages)).toBe(HELLO);
  });

  it('sends no results after too many key terms, and closes later', async (context) => {
    const simulator = await createDeepgram(context, { overloadedMs: 200 });
    const client = await connect(simulator);
    client.sendJson({ type: 'Configure', keyterms: Array.from({ length: 501 }, () => 'word') });
    client.send(joined(spoken(HELLO), silence(2_000)));
    expect(await client.closed).toMatchObject({ code: 1011, reason: expect.stringMatching(/net0000$/) });
    expect(client.messages.map(({ type }) => type)).toEqual(['Metadata']);
    expect(simulator.deepgram.sessions()[0]?.received).toEqual({ overload: 1, audio: 1 });
  });

  it('closes after an empty binary message', async (context) => {
    const client = await connect(await createDeepgram(context));
    client.send(spoken(HELLO));
    client.socket.send(Buffer.alloc(0));
    expect((await client.closed).code).toBe(1000);
    expect(textOf(client.messages)).toBe(HELLO);
  });

  it.for([
    ['JSON as a binary message', '{"type":"KeepAlive"}'],
    ['a file with a header', 'RIFF....WAVEfmt '],
  ] as const)('closes with 1008 after %s', async ([, text], context) => {
    const client = await connect(await createDeepgram(context));
    client.socket.send(Buffer.from(text));
    expect(await client.closed).toMatchObject({ code: 1008, reason: expect.stringMatching(/^DATA-0000/) });
    expect(client.messages.at(-1)?.['type']).toBe('Metadata');
  });

  it('sends Metadata and closes with 1011 when it is idle', async (context) => {
    const simulator = await createDeepgram(context);
    const client = await connect(simulator);
    client.send(silence(40));
    await eventually(() => expect(simulator.deepgram.sessions()[0]?.processedSeconds).toBe(0.04));
    simulator.deepgram.setBehaviour({ idleMs: 50 });
    client.sendJson({ type: 'KeepAlive' });
    expect(await client.closed).toMatchObject({ code: 1011, reason: expect.stringMatching(/net0001$/) });
    expect(client.messages).toMatchObject([{ type: 'Metadata', duration: 0.04 }]);
  });

  it('sends no models without audio, and KeepAlive does not extend the first timeout', async (context) => {
    const simulator = await createDeepgram(context, { idleMs: 200 });
    const client = await connect(simulator);
    const timer = setInterval(() => client.sendJson({ type: 'KeepAlive' }), 20);
    context.onTestFinished(() => clearInterval(timer));
    expect((await client.closed).code).toBe(1011);
    clearInterval(timer);
    const [metadata] = client.messages;
    expect(metadata).toMatchObject({ type: 'Metadata', duration: 0, channels: 0 });
    expect(metadata).not.toHaveProperty('models');
  });

  it('repeats the extra of the query in every result', async (context) => {
    const client = await connect(await createDeepgram(context), `${LISTEN}&extra=call:c7f1`);
    client.send(silence(1_000));
    expect(await client.until(({ type }) => type === 'Results')).toMatchObject({
      metadata: { request_id: client.requestId, extra: { call: 'c7f1' } },
    });
  });

  it('is listed with its messages and finals', async (context) => {
    const simulator = await createDeepgram(context);
    const client = await connect(simulator, `${LISTEN}&keyterm=Asha&keyterm=Miller`);
    client.send(spoken(HELLO));
    client.send(silence(500));
    client.sendJson({ type: 'KeepAlive' });
    client.sendJson({ type: 'Mood' });
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    const seconds = 0.5 + spoken(HELLO).length / 8_000;
    await eventually(() => expect(simulator.deepgram.sessions()[0]?.status).toBe('closed'));
    expect(simulator.deepgram.sessions()).toEqual([
      {
        id: client.requestId,
        status: 'closed',
        openedAt: expect.any(Number),
        closedAt: expect.any(Number),
        closeCode: 1000,
        query: expect.objectContaining({ model: ['nova-3'], keyterm: ['Asha', 'Miller'] }),
        channels: 1,
        receivedSeconds: expect.closeTo(seconds),
        processedSeconds: expect.closeTo(seconds),
        received: { audio: 2, KeepAlive: 1, invalid: 1, CloseStream: 1 },
        sent: {
          Results: client.messages.filter(({ type }) => type === 'Results').length,
          Error: 1,
          Metadata: 1,
        },
        finals: [{ channel: 0, start: 0, end: expect.any(Number), text: HELLO }],
      },
    ]);
    expect(client.messages.filter(isFinal).map(transcriptOf)).toContain(HELLO);
  });
});
