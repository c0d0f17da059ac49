// The behaviour options of the listen socket.

import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SimulatedCall, VapiBehaviour } from '../../../src/index.ts';
import { decodeMulaw } from '../../../src/audio/mulaw.ts';
import { rejectionOf } from '../../support/listener.ts';
import { rms, samplesOf } from '../../support/signal.ts';
import { createSetup } from '../../support/setup.ts';
import type { Setup } from '../../support/setup.ts';

async function live(setup: Setup, behaviour: Partial<VapiBehaviour>): Promise<SimulatedCall> {
  const call = setup.simulator.startCall({ provider: 'vapi', script: 'hello', behaviour });
  await setup.application.until('in progress', () => call.state().status === 'in-progress');
  return call;
}

interface Raw {
  readonly frames: Buffer[];
  readonly texts: Record<string, unknown>[];
  readonly closed: Promise<number>;
}

async function listen(setup: Setup, { id }: SimulatedCall, key?: string): Promise<Raw> {
  const url = `${setup.simulator.url.replace('http', 'ws')}/${id}/listen`;
  const socket = new WebSocket(url, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });
  const frames: Buffer[] = [];
  const texts: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) frames.push(data);
    else texts.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>);
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return { frames, texts, closed };
}

/** Waits until a party has spoken for half a second, and returns the audio of that time. */
async function speech(setup: Setup, raw: Raw): Promise<Buffer> {
  await setup.application.until('speech', () => setup.application.vapi('speech-update').length > 0);
  const from = raw.frames.length;
  await setup.application.until('half a second', () => raw.frames.length > from + 25);
  return Buffer.concat(raw.frames.slice(from));
}

const channel = (samples: Int16Array, which: 0 | 1): Int16Array =>
  samples.filter((_, index) => index % 2 === which);

vi.setConfig({ maxConcurrency: 20 });

describe.concurrent('a listen socket', () => {
  it.for([
    ['s16le-16000-stereo', 1_280],
    ['s16le-16000-mono', 640],
    ['s16le-8000-stereo', 640],
    ['s16le-8000-mono', 320],
    ['mulaw-8000-mono', 160],
  ] as const)('carries %s in frames of %i bytes', async ([listenFormat, bytes], context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenFormat });
    const raw = await listen(setup, call);
    const heard = await speech(setup, raw);
    expect(raw.frames.every(({ length }) => length === bytes)).toBe(true);
    const samples = listenFormat === 'mulaw-8000-mono' ? decodeMulaw(heard) : samplesOf(heard);
    expect(rms(samples)).toBeGreaterThan(300);
    // The assistant speaks first, on the second channel.
    if (listenFormat.endsWith('stereo')) expect(rms(channel(samples, 0))).toBe(0);
  });

  it('swaps the channels', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenSwapped: true });
    const samples = samplesOf(await speech(setup, await listen(setup, call)));
    expect(rms(channel(samples, 0))).toBeGreaterThan(300);
    expect(rms(channel(samples, 1))).toBe(0);
  });

  it('splits frames at any byte and loses none', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenCutFrames: true });
    const raw = await listen(setup, call);
    await setup.application.until('frames', () => raw.frames.length > 90);
    expect(raw.frames.filter(({ length }) => length % 2 === 1).length).toBeGreaterThan(20);
    const whole = Buffer.concat(raw.frames);
    const samples = samplesOf(whole.subarray(0, whole.length - (whole.length % 4)));
    expect(rms(channel(samples, 0))).toBe(0);
    expect(rms(channel(samples, 1))).toBeGreaterThan(300);
  });

  it('sends the format first, and wraps or omits messages', async (context) => {
    const setup = await createSetup(context);
    const hinting = await live(setup, {
      listenHint: true,
      listenText: 'enveloped',
      listenFormat: 's16le-8000-mono',
    });
    const raw = await listen(setup, hinting);
    await setup.application.until('messages', () => raw.texts.length > 2);
    expect(raw.texts[0]).toEqual({
      type: 'start',
      encoding: 'linear16',
      container: 'raw',
      sampleRate: 8_000,
      channels: 1,
    });
    expect(raw.texts[1]).toEqual({ message: expect.objectContaining({ type: expect.any(String) }) });
    const silent = await live(setup, { listenText: 'off' });
    const other = await listen(setup, silent);
    await setup.application.until('frames', () => other.frames.length > 60);
    expect(other.texts).toEqual([]);
  });

  it('breaks after a while, the given number of times', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenDropAfterMs: 100, listenDrops: 2 });
    expect(await (await listen(setup, call)).closed).toBe(1006);
    expect(await (await listen(setup, call)).closed).toBe(1006);
    const third = await listen(setup, call);
    await setup.application.until('frames', () => third.frames.length > 15);
    call.hangUp();
    expect(await third.closed).toBe(1000);
  });

  it('rejects handshakes although the call is in progress, then accepts', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenRefusals: 2 });
    const url = `${setup.simulator.url.replace('http', 'ws')}/${call.id}/listen`;
    const rejected = { status: 400, body: '{"message":"Call not active"}' };
    expect(await rejectionOf(url)).toEqual(rejected);
    expect(await rejectionOf(url)).toEqual(rejected);
    await listen(setup, call);
  });

  it('leaves a handshake unanswered until the simulator closes', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenHang: true });
    const { hostname, port } = new URL(setup.simulator.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (data: Buffer) => {
      answer += data.toString('utf8');
    });
    socket.write(`GET /${call.id}/listen HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n`);
    socket.write('Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n\r\n');
    await setup.application.until('speech', () => setup.application.vapi('transcript').length > 0);
    expect([answer, socket.destroyed]).toEqual(['', false]);
    const closed = once(socket, 'close');
    await setup.simulator.close();
    await closed;
  });

  it('requires the public key with authentication, and is missing when it is disabled', async (context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenAuthenticationEnabled: true });
    const url = `${setup.simulator.url.replace('http', 'ws')}/${call.id}/listen`;
    expect((await rejectionOf(url)).status).toBe(401);
    await expect(listen(setup, call, setup.simulator.vapi.apiKey)).rejects.toThrow('401');
    await listen(setup, call, setup.simulator.vapi.publicKey);
    const off = await live(setup, { listenEnabled: false });
    expect((await rejectionOf(url.replace(call.id, off.id))).status).toBe(400);
  });

  it.for([
    [1001, 1001],
    [1005, 1005],
    [1006, 1006],
    [4_000, 4_000],
  ])('closes with %i as %i', async ([listenCloseCode, seen], context) => {
    const setup = await createSetup(context);
    const call = await live(setup, { listenCloseCode: listenCloseCode ?? 0 });
    const raw = await listen(setup, call);
    call.hangUp();
    expect(await raw.closed).toBe(seen);
  });
});
