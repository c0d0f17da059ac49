/** Recordings as FLAC over HTTP: the response, access, the limit, and clients that read slowly or leave. */
import { execFileSync, spawnSync } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { encodeWavHeader, WAV_HEADER_BYTES, type CallId } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { exportData } from '../../src/cli/actions/export.ts';
import { ExportSlots } from '../../src/export/export-slots.ts';
import { sendFlac } from '../../src/http/recordings/flac.ts';
import { flacThreads, type StartFlacThread } from '../../src/recording/flac/flac-threads.ts';
import { auditLog } from '../../src/store/schema.ts';
import * as tokens from '../../src/tokens.ts';
import { bytesOf, tone } from '../audio/signals.ts';
import { databaseOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const FORMAT = { channels: 2, sampleRate: 16_000 };
const SAMPLES = bytesOf(tone(440, 16_000, 1000));
const PART_BYTES = 65_536;
const LARGE_BYTES = 256 * PART_BYTES;
const TOKEN = 'token-of-the-listener-0123';

/** The answer of GraphQL to the URLs of a recording. */
interface Links {
  readonly url: string;
  readonly signedUrl: { readonly url: string };
}

const encoders = flacThreads({
  module: new URL('../fixtures/flac-thread.mjs', import.meta.url),
  execArgv: ['--conditions=@sidetone/source'],
});

/** Threads that return the samples as they are, and count what they receive. */
function copying(): { running: number; received: number; readonly start: StartFlacThread } {
  const threads = { running: 0, received: 0 };
  const start: StartFlacThread = () => {
    threads.running++;
    return {
      send: async (samples) => {
        threads.received += samples.length;
        return new Uint8Array(samples);
      },
      terminate: async () => threads.running--,
    };
  };
  return Object.assign(threads, { start });
}

const root = tempDir();
let count = 0;
let it: TestDaemon;
let callId: string;
let path: string;

/** Starts a daemon with an ended call and its recording. */
async function start(settings: Record<string, unknown> = {}): Promise<void> {
  const dir = join(root, String(count++));
  mkdirSync(join(dir, 'recordings'), { recursive: true });
  it = await startTestDaemon(dir, { recording: { path: join(dir, 'recordings') }, ...settings });
  it.daemon.parts.register(tokens.FLAC_THREADS, { useValue: encoders });
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  await it.committed();
  const { id } = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!;
  const ingest = it.daemon.parts.resolve(tokens.INGEST);
  ingest.record(id, { type: 'RECORDING_STARTED', startedAt: Date.now(), ...FORMAT });
  ingest.record(id, { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: 500, bytes: LARGE_BYTES });
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: Date.now() }));
  await it.committed();
  callId = id;
  path = join(dir, 'recordings', `${id}.wav`);
  writeFileSync(path, Buffer.concat([encodeWavHeader(FORMAT, SAMPLES.length), SAMPLES]));
}

const get = (init?: RequestInit): Promise<Response> => fetch(it.url(`calls/${callId}/recording.flac`), init);

describe('a recording as FLAC', () => {
  beforeEach(() => start());

  test('is sent whole, with the samples of the WAV file, and is audited', async () => {
    const response = await get({ headers: { range: 'bytes=0-9' } });
    const flac = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'audio/flac',
      'content-disposition': expect.stringMatching(/^attachment; filename="\d{4}-\d\d-\d\d-call_\w+\.flac"$/),
      'accept-ranges': 'none',
      'transfer-encoding': 'chunked',
    });
    expect(flac.toString('latin1', 0, 4)).toBe('fLaC');
    if (spawnSync('sox', ['--version']).error === undefined) {
      const input = { input: flac, maxBuffer: 2 ** 24 };
      expect(execFileSync('sox', ['-t', 'flac', '-', '-t', 'raw', '-'], input).equals(SAMPLES)).toBe(true);
    }
    const { db } = databaseOf(it);
    const actions = () => db.select({ action: auditLog.action }).from(auditLog).all();
    expect(actions()).toEqual([{ action: 'DOWNLOAD_RECORDING' }]);

    const etag = response.headers.get('etag')!;
    const same = await get({ headers: { 'if-none-match': etag } });
    const head = await get({ method: 'HEAD' });
    expect([same.status, head.status, head.headers.get('content-type')]).toEqual([304, 200, 'audio/flac']);
    expect(actions()).toHaveLength(1);
  });

  test('is exported by the command', async () => {
    const output = join(root, `${callId}.flac`);
    await exportData('calls', { url: it.url(''), format: 'flac', call: callId, output, quiet: true });
    expect(readFileSync(output).toString('latin1', 0, 4)).toBe('fLaC');
  });

  test('ends its encoder when the client leaves', async () => {
    const threads = copying();
    it.daemon.parts.register(tokens.FLAC_THREADS, { useValue: threads.start });
    truncateSync(path, WAV_HEADER_BYTES + LARGE_BYTES);
    const client = new AbortController();
    const response = await get({ signal: client.signal });
    expect([response.status, threads.running]).toEqual([200, 1]);
    client.abort();
    await until(() => threads.running === 0, 'the encoder ends');
    expect(threads.received).toBeLessThan(LARGE_BYTES);
    await until(() => it.daemon.parts.resolve(tokens.EXPORT_SLOTS).taken === 0, 'the slot is free');
  });

  test('is answered with an error if the encoder cannot start', async () => {
    const missing = flacThreads({ module: new URL('file:///missing.js') });
    it.daemon.parts.register(tokens.FLAC_THREADS, { useValue: missing });
    expect((await get()).status).toBe(503);
    expect(it.lines.map(({ message }) => message)).toContain('encoding a recording failed');
  });
});

test('is limited as exports are', async () => {
  await start({ limits: { exports: 1 } });
  let release = (): void => undefined;
  const slots = it.daemon.parts.resolve(tokens.EXPORT_SLOTS);
  const running = slots.run(() => new Promise((resolve) => (release = resolve)));
  const rejected = await get();
  expect(rejected.status).toBe(429);
  expect(await rejected.text()).toContain('LIMIT_EXCEEDED: limit reached: limits.exports (1)');
  release();
  await running;
  expect((await get()).status).toBe(200);
});

test('needs the scope LISTEN or a signed URL of its format', async () => {
  await start({
    auth: {
      tokens: [
        { name: 'listener', token: TOKEN, scopes: ['read', 'listen'] },
        { name: 'reader', token: 'token-of-the-reader-01234', scopes: ['read'] },
      ],
    },
  });
  const authorization = (token: string) => ({ authorization: `Bearer ${token}` });
  expect((await get()).status).toBe(401);
  expect((await get({ headers: authorization('token-of-the-reader-01234') })).status).toBe(403);
  const query = `{ call(id: "${callId}") { recording { url(format: FLAC) signedUrl(format: FLAC) { url } } } }`;
  const answer = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(TOKEN) },
    body: JSON.stringify({ query }),
  });
  const { recording } = ((await answer.json()) as { data: { call: { recording: Links } } }).data.call;
  expect(recording.url).toBe(it.url(`calls/${callId}/recording.flac`));
  expect((await fetch(recording.signedUrl.url)).headers.get('content-type')).toBe('audio/flac');
  expect((await fetch(recording.signedUrl.url.replace('.flac', '.wav'))).status).toBe(403);
});

/** Sends a large recording without encoding it. */
function send(response: Writable, onStart: () => void = () => undefined) {
  const threads = copying();
  const slots = new ExportSlots(1);
  const zeros = function* (bytes: number) {
    for (let at = 0; at < bytes; at += PART_BYTES) yield new Uint8Array(PART_BYTES);
  };
  const file = {
    format: FORMAT,
    bytes: WAV_HEADER_BYTES + LARGE_BYTES,
    changedAt: 0,
    read: (from: number, to: number) => Readable.from(zeros(to - from), { objectMode: false }),
  };
  const sent = sendFlac(
    { method: 'GET', headers: {} } as IncomingMessage,
    Object.assign(response, { writeHead: () => response }) as unknown as ServerResponse,
    { callId: 'call_1' as CallId, name: 'call_1', file, onStart: async () => onStart() },
    { slots, startEncoder: threads.start },
  );
  return { threads, slots, failure: sent.catch((error: NodeJS.ErrnoException) => error.code) };
}

test('a client that stops reading holds the encoder back', async () => {
  let accepted = 0;
  // Accepts one part, and never another one.
  const response = new Writable({ write: () => void accepted++ });
  const { threads, slots, failure } = send(response);
  await until(() => accepted === 1, 'the first part is sent');
  for (let i = 0; i < 100; i++) await turn();
  expect(threads.received).toBeLessThanOrEqual(4 * PART_BYTES);
  expect([threads.running, slots.taken]).toEqual([1, 1]);
  response.destroy();
  expect(await failure).toBe('ERR_STREAM_PREMATURE_CLOSE');
  expect([threads.running, slots.taken]).toEqual([0, 0]);
});

test('a client that leaves before the first part ends the encoder', async () => {
  const response = new Writable();
  const { threads, slots, failure } = send(response, () => response.destroy());
  expect(await failure).toMatch(/^ERR_STREAM_/);
  expect([threads.received, threads.running, slots.taken]).toEqual([PART_BYTES, 0, 0]);
});
