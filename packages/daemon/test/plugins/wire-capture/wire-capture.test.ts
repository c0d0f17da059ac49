/** A daemon that captures what a provider and its plugin send each other. */
import { appendFileSync, chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CapturedEntry, CaptureHead } from '@sidetone/plugin-kit';
import { configSchema } from '../../../src/config/schema.ts';
import { MAX_AUDIO_MESSAGES } from '../../../src/plugins/wire-capture/captured-socket.ts';
import type { RawEntry } from '../../../src/plugins/wire-capture/raw-entry.ts';
import { MAX_PENDING_CAPTURE_BYTES, WireCapture } from '../../../src/plugins/wire-capture/wire-capture.ts';
import { startTestDaemon, until, type TestDaemon } from '../../support/daemon.ts';
import { event } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NUMBER = '+919845012345';

async function capturing(file: string, limits: object = {}): Promise<TestDaemon> {
  const key = `key-${Math.random()}`;
  const provider = {
    plugin: './scripted-plugin.ts',
    options: { key, apiToken: 'token-of-the-api' },
    capture: file,
  };
  const { scripts } = await import('../../fixtures/scripted-plugin.ts');
  const it = await startTestDaemon(tempDir(), { providers: { test: provider }, limits });
  return { ...it, script: scripts.get(key)! };
}

function linesOf(file: string): readonly CapturedEntry[] {
  const [, ...entries] = readFileSync(file, 'utf8').trim().split('\n');
  return entries.map((line) => JSON.parse(line) as CapturedEntry);
}

const fileOf = (): string => join(tempDir(), 'captures', 'test.jsonl');

describe('a capture', () => {
  test('has requests, responses, events, sockets and messages in their order, masked', async () => {
    const file = fileOf();
    const it = await capturing(file);
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ to: NUMBER }));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const api = `http://127.0.0.1:${(server.address() as { port: number }).port}/calls?token=abcdef123`;
    it.script.answer = async () => {
      const response = await it.script.host.fetch(api, {
        method: 'POST',
        headers: { authorization: 'Bearer token-of-the-api' },
        body: JSON.stringify({ to: NUMBER }),
      });
      return { status: 200, headers: { 'content-type': 'application/json' }, body: await response.text() };
    };
    const call = event('call.started', { details: { from: NUMBER } }, { at: Date.now() });
    const answer = await fetch(it.url('providers/test/event?key=token-of-the-api'), {
      method: 'POST',
      body: JSON.stringify(call),
    });
    expect(await answer.text()).toBe(JSON.stringify({ to: NUMBER }));
    const socket = new WebSocket(it.url('providers/test/stream/good').replace('http', 'ws'));
    await new Promise((resolve) => socket.once('open', resolve));
    await until(() => it.script.sockets.length === 1, 'the socket');
    for (let frame = 0; frame < MAX_AUDIO_MESSAGES + 3; frame++) socket.send(Buffer.alloc(640, 1));
    socket.send('{"event":"mark"}');
    await it.script.sockets[0]!.send('{"hello":1}');
    socket.close(4000);
    await until(() => readFileSync(file, 'utf8').includes('"close":4000'), 'the end of the socket');

    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/845012|token-of-the-api|abcdef123/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const head = JSON.parse(text.split('\n')[0]!) as CaptureHead;
    expect(head).toMatchObject({
      capture: 1,
      provider: 'test',
      options: { apiToken: 'masked-secret-2' },
      secrets: { 'masked-secret-1': 'key', 'masked-secret-2': 'apiToken' },
    });
    const entries = linesOf(file);
    const [first, emitted, sent, reply, response, connect, ...messages] = entries;
    const masked = '+919845550001';
    expect(first).toMatchObject({
      number: 1,
      request: {
        method: 'POST',
        path: 'event',
        query: { key: 'masked-secret-2' },
        content: { json: { details: { from: masked } } },
      },
    });
    expect(emitted).toMatchObject({ emits: { type: 'call.started', details: { from: masked } } });
    expect(sent).toMatchObject({
      number: 2,
      fetch: { method: 'POST', headers: { authorization: 'Bearer masked-secret-2' } },
    });
    expect(sent?.fetch?.url).toMatch(/calls\?token=masked-credential-1$/);
    const replies = [reply, response].toSorted((one, other) => Number(other!.number) - Number(one!.number));
    expect(replies).toMatchObject([
      { number: 2, reply: { status: 200, content: { json: { to: masked } } } },
      { number: 1, response: { status: 200, content: { json: { to: masked } } } },
    ]);
    expect(connect).toMatchObject({ number: 3, connect: { path: 'stream/good' } });
    const received = messages.flatMap(({ message }) => message ?? []);
    expect(received).toHaveLength(MAX_AUDIO_MESSAGES + 1);
    expect([received[0], received.at(-1)]).toEqual([{ silence: 640 }, { json: { event: 'mark' } }]);
    expect(messages.find(({ sends }) => sends)).toMatchObject({ sends: { json: { hello: 1 } }, number: 3 });
    expect(messages.slice(-2)).toMatchObject([
      { leftOut: { messages: 3, bytes: 1920 }, number: 3 },
      { close: 4000, by: 'provider', number: 3 },
    ]);
  });

  test('is announced in the log and in the notices of the provider, and counted', async () => {
    const file = fileOf();
    const it = await capturing(file);
    expect(it.lines.filter(({ message }) => message.startsWith('capturing'))).toMatchObject([
      { level: 'warn', fields: { file } },
    ]);
    const { provider } = (await it.query('{ provider(id: "test") { notices { code message } } }')).data;
    expect(provider.notices).toMatchObject([{ code: 'CAPTURE_ON', message: expect.stringContaining(file) }]);
    await fetch(it.url('providers/test/hook'), { method: 'POST' });
    await until(async () => {
      const metrics = await (await fetch(it.url('metrics'))).text();
      return metrics.includes('sidetone_capture_lines_total{provider="test",result="written"} 2');
    }, 'the metric');
  });

  test('stops at its limit, and the provider does not notice', async () => {
    const file = fileOf();
    const it = await capturing(file, { captureBytes: 1024 * 1024 });
    const hook = () =>
      fetch(it.url('providers/test/hook'), { method: 'POST', body: `"${'ab '.repeat(700)}"` });
    it.script.answer = async () => ({ status: 200, body: 'x '.repeat(600_000) });
    expect((await hook()).status).toBe(200);
    await until(() => readFileSync(file, 'utf8').includes('"stopped"'), 'the limit');
    expect(readFileSync(file, 'utf8').trim().split('\n').at(-1)).toBe('{"stopped":"limits.captureBytes"}');
    expect(statSync(file).size).toBeLessThan(1024 * 1024);
    expect((await hook()).status).toBe(200);
    const { provider } = (await it.query('{ provider(id: "test") { state notices { code } } }')).data;
    expect(provider).toEqual({ state: 'RUNNING', notices: [{ code: 'CAPTURE_STOPPED' }] });
  });

  test('that cannot be written is reported, and the provider does not notice', async () => {
    const it = await capturing('/proc/none/capture.jsonl');
    expect((await fetch(it.url('providers/test/hook'), { method: 'POST' })).status).toBe(200);
    const { provider } = (await it.query('{ provider(id: "test") { state notices { code } } }')).data;
    expect(provider).toEqual({ state: 'RUNNING', notices: [{ code: 'CAPTURE_STOPPED' }] });
    expect(it.lines.some(({ message, level }) => level === 'error' && message.startsWith('capture'))).toBe(
      true,
    );
  });

  test('continues a file after a line that was cut, and makes it private', async () => {
    const file = join(tempDir(), 'test.jsonl');
    writeFileSync(file, '{"capture":1}\n');
    appendFileSync(file, '{"at":1,"requ');
    chmodSync(file, 0o644);
    await capturing(file);
    await until(() => readFileSync(file, 'utf8').split('\n').length > 3, 'the head');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').split('\n')[2]).toMatch(/^\{"capture":1/);
  });
});

test('without a capture, the plugin gets the host of the daemon, and nothing is announced', async () => {
  const it = await startTestDaemon(tempDir());
  expect(it.script.host.emit.toString()).not.toContain('capture');
  expect(it.lines.filter(({ message }) => message.includes('captur'))).toEqual([]);
  const metrics = await (await fetch(it.url('metrics'))).text();
  expect(metrics).not.toMatch(/^sidetone_capture_\w+\{/m);
});

test('two providers cannot share a file', () => {
  const provider = { plugin: './a.js', capture: './one.jsonl' };
  const { error } = configSchema.safeParse({
    providers: { one: provider, two: { ...provider, capture: 'one.jsonl' } },
  });
  expect(error?.issues).toMatchObject([
    { path: ['providers', 'two', 'capture'], message: expect.stringContaining('providers.one.capture') },
  ]);
});

test('entries above the memory limit are dropped, and the file has their number', async () => {
  const clock = createFakeClock();
  const written: RawEntry[] = [];
  const capture = new WireCapture({
    clock,
    log: { warn: () => undefined, error: () => undefined },
    settings: () => ({
      file: '/x',
      maxBytes: 1,
      head: { plugin: 'x', provider: 'x', startedAt: 0, options: {} },
      secrets: [],
      publicUrl: 'https://x.test/',
    }),
    startOutput: () => ({
      write: async (entries) => {
        written.push(...entries);
        return { lines: entries.length, bytes: 0, isFull: false };
      },
      close: async () => undefined,
    }),
  });
  capture.start();
  const large = new Uint8Array(MAX_PENDING_CAPTURE_BYTES / 2);
  for (let i = 0; i < 4; i++) capture.note({ message: large, number: i });
  await clock.advance(100);
  capture.note({ message: 'x', number: 9 });
  await clock.advance(100);
  expect(capture.dropped).toBe(3);
  expect(written.map(({ number, dropped }) => number ?? { dropped })).toEqual([0, { dropped: 3 }, 9]);
  await capture.stop();
});
