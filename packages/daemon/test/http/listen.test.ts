/** Live listening over a real socket. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodePcm16le, providerCallId, type MediaStream } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_LISTENERS_PER_CALL } from '../../src/listening/listening-service.ts';
import * as tokens from '../../src/tokens.ts';
import { amplitudeAt, bytesOf, channelOf, tone } from '../audio/signals.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
});

/** Sends audio of both parties in real time until it is stopped. */
function sendAudio(it: TestDaemon): { stream: MediaStream; stop: () => void } {
  const stream = it.script.host.openStream({
    providerCallId: providerCallId('their-call'),
    encoding: 'pcm_s16le',
    sampleRate: 8000,
    parties: ['CUSTOMER', 'ASSISTANT'],
  });
  const startedAt = Date.now();
  let i = 0;
  const timer = setInterval(() => {
    // A timer can be late on a busy machine, so each tick sends all frames that are due.
    for (; i * 20 <= Date.now() - startedAt; i++) {
      stream.write('CUSTOMER', bytesOf(tone(500, 8000, 20, 16_000, i * 160)), i * 20);
      stream.write('ASSISTANT', bytesOf(tone(1100, 8000, 20, 8000, i * 160)), i * 20);
    }
  }, 20);
  return {
    stream,
    stop() {
      clearInterval(timer);
      stream.end('ended');
    },
  };
}

const listenUrlOf = async (it: TestDaemon, callId: string): Promise<string | null> =>
  (await it.query('query($id: ID!) { call(id: $id) { listenUrl } }', { id: callId })).data.call.listenUrl as
    string | null;

const statusOf = (url: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve) => {
    const ws = new WebSocket(url, { headers });
    ws.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    ws.on('open', () => resolve(101));
    ws.on('error', () => undefined);
  });

describe('a call with audio', () => {
  test('is received as binary frames, with events as JSON', async () => {
    const it = await startTestDaemon(dir);
    const callId = await it.aCall();
    const { stop } = sendAudio(it);
    const url = (await listenUrlOf(it, callId))!;
    expect(url).toBe(`${it.daemon.url.href.replace('http', 'ws')}calls/${callId}/listen`);

    const file = join(dir, 'audio.pcm');
    writeFileSync(file, '');
    const texts: { type: string }[] = [];
    const ws = new WebSocket(url);
    ws.on('message', (data: Buffer, isBinary) => {
      if (isBinary) appendFileSync(file, data);
      else texts.push(JSON.parse(data.toString()) as { type: string });
    });
    const closed = new Promise<number>((resolve) => ws.on('close', resolve));
    await until(() => readFileSync(file).length > 64_000, 'a second is received');
    it.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello' }));
    await until(() => texts.some(({ type }) => type === 'transcript'), 'the transcript is received');
    it.emit(event('call.ended', { end: { category: 'BUSY' } }));
    expect(await closed).toBe(1000);
    stop();

    expect(texts[0]).toMatchObject({ type: 'format', sampleRate: 16_000, channels: 2 });
    expect(texts.at(-1)).toEqual({ type: 'ended', category: 'BUSY' });
    const samples = decodePcm16le(Uint8Array.from(readFileSync(file)));
    // After the start, which is silent.
    const [left, right] = [0, 1].map((channel) => channelOf(samples, channel).subarray(6400, 14_400));
    expect(amplitudeAt(500, 16_000, left!)).toBeGreaterThan(10_000);
    expect(amplitudeAt(1100, 16_000, right!)).toBeGreaterThan(5000);
    expect(amplitudeAt(1100, 16_000, left!)).toBeLessThan(1000);
    await it.committed();
    const { nodes } = (
      await it.query(
        '{ calls { nodes { events(first: 20, types: [LISTENING_STARTED, LISTENING_STOPPED]) { nodes { type ... on ListeningChanged { by listenerId } } } } } }',
      )
    ).data.calls.nodes[0].events;
    expect(nodes).toMatchObject([{ type: 'LISTENING_STARTED', by: 'local' }, { type: 'LISTENING_STOPPED' }]);
    expect(nodes[0].listenerId).toBe(nodes[1].listenerId);
  });

  test('has the capability LISTEN, and no listenUrl after its end', async () => {
    const it = await startTestDaemon(dir);
    const callId = await it.aCall();
    const capabilities = async () =>
      (await it.query('{ calls { nodes { capabilities } } }')).data.calls.nodes[0].capabilities as string[];
    expect([await capabilities(), await listenUrlOf(it, callId)]).toEqual([
      expect.not.arrayContaining(['LISTEN']),
      null,
    ]);
    const { stop } = sendAudio(it);
    expect(await capabilities()).toContain('LISTEN');
    expect(await listenUrlOf(it, callId)).not.toBeNull();
    it.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await it.committed();
    expect(await listenUrlOf(it, callId)).toBeNull();
    stop();
  });

  test('is not decoded without a listener', async () => {
    const it = await startTestDaemon(dir);
    const url = it.url(`calls/${await it.aCall()}/listen`).replace('http', 'ws');
    const hasDemand = () => it.script.host.hasDemand('audio', providerCallId('their-call'));
    expect(hasDemand()).toBe(false);
    const ws = new WebSocket(url);
    await once(ws, 'open');
    await until(hasDemand, 'the audio has demand');
    ws.terminate();
    await until(() => !hasDemand(), 'the demand is gone');
    expect(it.daemon.parts.resolve(tokens.CALL_AUDIO_REGISTRY).size).toBe(0);
  });
});

describe('a listener', () => {
  test.each([
    ['text', 'hello', 1008],
    ['a frame of audio', new Uint8Array(1280), 1008],
    ['a second of audio', new Uint8Array(64_000), 1008],
    ['a message that is too large', new Uint8Array(65_537), 1009],
  ])(
    'that sends a message is disconnected, and the plugin does not receive it: %s',
    async (_what, message, code) => {
      const it = await startTestDaemon(dir);
      const ws = new WebSocket(it.url(`calls/${await it.aCall()}/listen`).replace('http', 'ws'));
      const closed = new Promise<number>((resolve) => ws.on('close', resolve));
      ws.on('open', () => ws.send(message));
      expect(await closed).toBe(code);
      expect([it.script.asked, it.script.sockets]).toEqual([[], []]);
    },
  );

  test('that does not read does not delay others', async () => {
    const it = await startTestDaemon(dir);
    const callId = await it.aCall();
    const { stop } = sendAudio(it);
    const url = it.url(`calls/${callId}/listen`).replace('http', 'ws');
    const stuck = new WebSocket(url);
    await new Promise((resolve) => stuck.on('open', resolve));
    stuck.pause();
    let frames = 0;
    const reader = new WebSocket(url);
    reader.on('message', (_data, isBinary) => void (frames += isBinary ? 1 : 0));
    await until(() => frames > 100, 'the other receives two seconds', 10_000);
    expect(it.daemon.parts.resolve(tokens.LISTENING_SERVICE).size).toBe(2);
    stuck.terminate();
    reader.terminate();
    stop();
  });

  test.each([
    ['call_unknown', 404],
    ['..%2f', 404],
  ])('of %s is rejected with %d', async (id, status) => {
    const it = await startTestDaemon(dir);
    expect(await statusOf(it.url(`calls/${id}/listen`).replace('http', 'ws'))).toBe(status);
  });

  test('of an ended call is rejected with 409', async () => {
    const it = await startTestDaemon(dir);
    const callId = await it.aCall();
    it.emit(event('call.ended', { end: { category: 'BUSY' } }));
    await it.committed();
    expect(await statusOf(it.url(`calls/${callId}/listen`).replace('http', 'ws'))).toBe(409);
  });

  test('above the limit is rejected with 429', async () => {
    const it = await startTestDaemon(dir);
    const url = it.url(`calls/${await it.aCall()}/listen`).replace('http', 'ws');
    for (let i = 0; i < MAX_LISTENERS_PER_CALL; i++) expect(await statusOf(url)).toBe(101);
    expect(await statusOf(url)).toBe(429);
  });

  test('needs a token with the scope LISTEN, in a header or in the URL', async () => {
    const token = (name: string): string => `${name}-0123456789-0123456789-0123456789`;
    const it = await startTestDaemon(dir, {
      auth: {
        tokens: [
          { name: 'ears', token: token('ears'), scopes: ['listen'] },
          { name: 'eyes', token: token('eyes'), scopes: ['read'] },
        ],
      },
    });
    it.emit(event('call.status', { status: 'IN_PROGRESS' }));
    await it.committed();
    const callId = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!.id;
    const url = it.url(`calls/${callId}/listen`).replace('http', 'ws');
    expect(await statusOf(url)).toBe(401);
    expect(await statusOf(`${url}?token=${token('unknown')}`)).toBe(401);
    expect(await statusOf(`${url}?token=${token('eyes')}`)).toBe(403);
    expect(await statusOf(`${url}?token=${token('ears')}`)).toBe(101);
    expect(await statusOf(url, { authorization: `Bearer ${token('ears')}` })).toBe(101);
  });

  test('is disconnected when the daemon stops, without a delay', async () => {
    const it = await startTestDaemon(dir);
    const ws = new WebSocket(it.url(`calls/${await it.aCall()}/listen`).replace('http', 'ws'));
    await new Promise((resolve) => ws.on('open', resolve));
    const closed = new Promise<number>((resolve) => ws.on('close', resolve));
    await it.daemon.stop();
    expect(await closed).toBe(1001);
  });
});
