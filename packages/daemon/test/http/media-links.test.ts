/** Signed URLs of recordings and live audio, over real HTTP: what they grant, and everything that they do not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWavHeader, providerCallId } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { LOCAL_VIEWER } from '../../src/access/viewer.ts';
import { auditLog } from '../../src/store/schema.ts';
import { systemClock } from '../../src/system-clock.ts';
import * as tokens from '../../src/tokens.ts';
import { databaseOf, startTestDaemon, type GraphqlAnswer, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const FORMAT = { channels: 2, sampleRate: 16_000 };
const SAMPLE_BYTES = 6400;

const root = tempDir();
let count = 0;
let dir: string;
/** How far the wall clock of the daemon is ahead, ms. */
let aheadMs = 0;
const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(join(dir, 'recordings'), { recursive: true });
  aheadMs = 0;
});

const secretOf = (name: string): string => `token-of-${name}-0123456789`;
const tokenOf = (name: string, scopes: string[]) => ({ name, token: secretOf(name), scopes });
const READER = tokenOf('reader', ['read']);
const LISTENER = tokenOf('listener', ['read', 'listen']);
const ADMIN = tokenOf('admin', ['admin']);

interface Link {
  readonly url: string;
  readonly expiresAt: string;
}

const start = (settings: Record<string, unknown> = { auth: { tokens: [READER, LISTENER, ADMIN] } }) =>
  startTestDaemon(
    dir,
    { recording: { path: join(dir, 'recordings') }, limits: { failedSignInsPerSecond: 1000 }, ...settings },
    clock,
  );

async function queryAs(it: TestDaemon, name: string, query: string): Promise<GraphqlAnswer> {
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secretOf(name)}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as GraphqlAnswer;
}

/** Emits an ended call with a recording, and returns its id. */
async function aRecording(it: TestDaemon, providerCall = 'their-call'): Promise<string> {
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now(), call: providerCall }));
  await it.committed();
  const { id } = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live().at(-1)!;
  const ingest = it.daemon.parts.resolve(tokens.INGEST);
  ingest.record(id, { type: 'RECORDING_STARTED', startedAt: Date.now(), ...FORMAT });
  ingest.record(id, { type: 'RECORDING_STOPPED', end: 'COMPLETE', durationMs: 100, bytes: SAMPLE_BYTES });
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: Date.now(), call: providerCall }));
  await it.committed();
  const samples = Buffer.alloc(SAMPLE_BYTES, id);
  writeFileSync(
    join(dir, 'recordings', `${id}.wav`),
    Buffer.concat([encodeWavHeader(FORMAT, SAMPLE_BYTES), samples]),
  );
  return id;
}

async function linkTo(it: TestDaemon, callId: string, seconds?: number, name = 'listener'): Promise<Link> {
  const args = seconds === undefined ? '' : `(expiresInSeconds: ${seconds})`;
  const { data } = await queryAs(
    it,
    name,
    `{ call(id: "${callId}") { recording { signedUrl${args} { url expiresAt } } } }`,
  );
  return data.call.recording.signedUrl as Link;
}

/** Returns status and code of the response to a URL, which may be of an earlier daemon of the test. */
async function fetched(it: TestDaemon, url: string, init?: RequestInit): Promise<[number, string]> {
  const { pathname, search } = new URL(url);
  const response = await fetch(it.url(`${pathname}${search}`), init);
  const text = await response.text();
  return [response.status, response.ok ? 'audio' : text.split(':')[0]!.trim()];
}

const INVALID = [403, 'MEDIA_LINK_INVALID'];

describe('a signed URL of a recording', () => {
  test('is read without a token, in ranges and with HEAD', async () => {
    const it = await start();
    const callId = await aRecording(it);
    const { url, expiresAt } = await linkTo(it, callId);
    expect(url).toMatch(
      new RegExp(`/calls/${callId}/recording\\.wav\\?expires=\\d+&by=[\\w-]{8}&signature=[\\w-]{43}$`),
    );
    for (const secret of [READER, LISTENER, ADMIN]) {
      expect(url).not.toContain(secret.token);
      expect(url).not.toContain(secret.name);
    }
    const lifetimeMs = Date.parse(expiresAt) - Date.now();
    expect(lifetimeMs).toBeGreaterThan(200_000);
    expect(lifetimeMs).toBeLessThanOrEqual(301_000);

    const whole = await fetch(url);
    expect([whole.status, (await whole.arrayBuffer()).byteLength]).toEqual([200, SAMPLE_BYTES + 44]);
    const part = await fetch(url, { headers: { range: 'bytes=40-99' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 60]);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(SAMPLE_BYTES + 44)]);
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await fetch(url, { method })).status).toBe(405);
    expect(await fetched(it, it.url(`calls/${callId}/recording.wav`))).toEqual([401, 'AUTH_REQUIRED']);
  });

  test('is attributed to the viewer who requested it', async () => {
    const it = await start();
    const callId = await aRecording(it);
    await fetched(it, (await linkTo(it, callId)).url);
    await fetched(it, (await linkTo(it, callId, 60, 'admin')).url, { headers: { range: 'bytes=5-9' } });
    await fetched(it, it.url(`calls/${callId}/recording.wav?token=${LISTENER.token}`));
    const { db } = databaseOf(it);
    expect(db.select({ by: auditLog.by, action: auditLog.action }).from(auditLog).all()).toEqual([
      { by: 'daemon', action: 'TOKENS_CHANGED' },
      { by: 'listener', action: 'DOWNLOAD_BY_LINK' },
      { by: 'admin', action: 'DOWNLOAD_BY_LINK' },
      { by: 'listener', action: 'DOWNLOAD_RECORDING' },
    ]);
  });

  test('is valid for nothing else', async () => {
    const it = await start();
    const [callId, otherId] = [await aRecording(it), await aRecording(it, 'another-call')];
    expect(otherId).not.toBe(callId);
    const { url } = await linkTo(it, callId);
    const { pathname, search } = new URL(url);
    const [, expires, signature] = /\?expires=(\d+)&by=.{8}&signature=(.+)$/.exec(search)!;
    const flipped = `${signature!.startsWith('A') ? 'B' : 'A'}${signature!.slice(1)}`;
    const by = new URL(url).searchParams.get('by')!;
    const byAdmin = new URL((await linkTo(it, callId, 60, 'admin')).url).searchParams.get('by')!;
    expect(byAdmin).not.toBe(by);
    const forged: readonly string[] = [
      url.replace(by, byAdmin),
      url.replace(by, '__proto__'),
      url.replace(by, 'listener'),
      url.replace(`by=${by}&`, ''),
      `${url}&by=${by}`,
      `${url}&by=${byAdmin}`,
      url.replace(callId, otherId),
      `/calls/${otherId}/listen/../recording.wav${search}`,
      url.replace(callId, `${callId}%20`),
      url.replace('call_', 'call%5F'),
      url.replace(expires!, String(Number(expires) + 1)),
      url.replace(expires!, `0${expires}`),
      url.replace(expires!, `${expires}.0`),
      url.replace(expires!, '9'.repeat(400)),
      url.replace(expires!, 'constructor'),
      url.replace(signature!, flipped),
      url.replace(signature!, signature!.slice(1)),
      url.replace(signature!, `${signature}=`),
      url.replace(signature!, `${signature}A`),
      url.replace(signature!, '__proto__'),
      url.replace(signature!, ''),
      `${pathname}?expires=${expires}`,
      `${pathname}?signature=${signature}`,
      `${url}&expires=${expires}`,
      `${url}&signature=${signature}`,
      `${url}&expires=${Number(expires) + 1000}`,
      `${url}&token=${LISTENER.token}`,
      `${url}&__proto__=1`,
      `${url}&constructor=1`,
    ];
    for (const each of forged) {
      const answer = await fetched(it, new URL(each, it.url('')).href);
      expect([each, ...answer]).toEqual([each, ...INVALID]);
    }
    // A token does not make up for an invalid link, and unknown parameters are ignored.
    expect(
      await fetched(it, url.replace(signature!, flipped), {
        headers: { authorization: `Bearer ${LISTENER.token}` },
      }),
    ).toEqual(INVALID);
    for (const name of ['__proto__', 'toString', 'Signature', 'EXPIRES'])
      expect(await fetched(it, it.url(`${pathname}?${name}=${signature}`))).toEqual([401, 'AUTH_REQUIRED']);
    // Everything above left the link itself valid.
    expect(await fetched(it, url)).toEqual([200, 'audio']);
  });

  test('grants no other path of the daemon', async () => {
    const it = await start();
    const callId = await aRecording(it);
    const { search } = new URL((await linkTo(it, callId)).url);
    expect((await fetched(it, it.url(`graphql${search}&query={calls{nodes{id}}}`)))[0]).toBe(401);
    expect(
      (
        await fetched(it, it.url(`calls/${callId}/control${search}`), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"type":"end-call"}',
        })
      )[0],
    ).toBe(401);
    expect(await statusOf(it.url(`calls/${callId}/listen${search}`))).toBe(403);
  });

  test('expires by the wall clock, and stays valid over a restart until then', async () => {
    const first = await start();
    const callId = await aRecording(first);
    const { url } = await linkTo(first, callId, 60);
    await first.daemon.stop();
    const it = await start();
    expect(await fetched(it, url)).toEqual([200, 'audio']);
    aheadMs = 59_000;
    expect(await fetched(it, url)).toEqual([200, 'audio']);
    aheadMs = 62_000;
    for (const method of ['GET', 'HEAD']) expect((await fetched(it, url, { method }))[0]).toBe(403);
    expect(await fetched(it, url, { headers: { range: 'bytes=0-9' } })).toEqual([403, 'MEDIA_LINK_EXPIRED']);
    // Only the holder of a signature learns that it was valid once.
    expect(
      await fetched(
        it,
        url.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
      ),
    ).toEqual(INVALID);
  });

  test.each<[string, Record<string, unknown>, readonly [number, string]]>([
    ['the token was removed', { auth: { tokens: [READER, ADMIN] } }, [403, 'MEDIA_LINK_INVALID']],
    [
      'another token has its name',
      { auth: { tokens: [{ ...LISTENER, token: secretOf('successor') }] } },
      [403, 'MEDIA_LINK_INVALID'],
    ],
    [
      'the token has lost the scope',
      { auth: { tokens: [{ ...LISTENER, scopes: ['read'] }] } },
      [403, 'FORBIDDEN'],
    ],
    ['no token is needed any longer', {}, [403, 'MEDIA_LINK_INVALID']],
    [
      'the limit is lower',
      { auth: { tokens: [LISTENER] }, limits: { mediaLinkSeconds: 300 } },
      [403, 'MEDIA_LINK_INVALID'],
    ],
    ['the token has another name', { auth: { tokens: [{ ...LISTENER, name: 'ears' }] } }, [200, 'audio']],
  ])('after a restart: %s', async (_case, settings, expected) => {
    const first = await start();
    const { url } = await linkTo(first, await aRecording(first), 3000);
    await first.daemon.stop();
    expect(await fetched(await start(settings), url)).toEqual(expected);
  });

  test('is invalid for a daemon with another database', async () => {
    const first = await start();
    const { url } = await linkTo(first, await aRecording(first));
    dir = join(root, String(count++));
    mkdirSync(dir);
    expect(await fetched(await start(), url)).toEqual(INVALID);
  });

  test('is a 404 once its call is erased', async () => {
    const it = await start();
    const callId = await aRecording(it);
    const { url } = await linkTo(it, callId);
    await queryAs(it, 'admin', `mutation { eraseCall(callId: "${callId}") { status } }`);
    expect(await fetched(it, url)).toEqual([404, 'CALL_NOT_FOUND']);
  });

  test('is requested only with the scope LISTEN, and within the limit', async () => {
    const it = await start();
    const callId = await aRecording(it);
    const request = (name: string, seconds: string): Promise<GraphqlAnswer> =>
      queryAs(
        it,
        name,
        `{ call(id: "${callId}") { recording { signedUrl(expiresInSeconds: ${seconds}) { url } } } }`,
      );
    expect((await request('reader', '60')).errors![0]!.extensions['code']).toBe('FORBIDDEN');
    for (const seconds of ['0', '-1', '3601', '2147483647'])
      expect((await request('listener', seconds)).errors![0]!.extensions).toMatchObject({
        code: 'INPUT_INVALID',
        argument: 'expiresInSeconds',
      });
    for (const seconds of ['1', '3600', 'null'])
      expect((await request('listener', seconds)).errors).toBeUndefined();
  });

  test('never appears in the log, and neither does the key', async () => {
    const it = await start({ auth: { tokens: [LISTENER] }, log: { level: 'debug' } });
    const { url } = await linkTo(it, await aRecording(it));
    await fetched(it, url);
    await fetched(it, `${url}A`);
    const { $client } = databaseOf(it).db;
    const key = $client
      .prepare(`select value from meta where key = 'media_link_key'`)
      .pluck()
      .get() as string;
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    const log = JSON.stringify(it.lines);
    for (const secret of [key, new URL(url).searchParams.get('signature')!])
      expect(log).not.toContain(secret);
  });
});

test('in a daemon without tokens, a link works under the rules of that daemon', async () => {
  const it = await start({});
  const callId = await aRecording(it);
  const { data } = await it.query(`{ call(id: "${callId}") { recording { signedUrl { url } } } }`);
  const { url } = data.call.recording.signedUrl as Link;
  expect(await fetched(it, url)).toEqual([200, 'audio']);
  expect(await fetched(it, `${url}A`)).toEqual(INVALID);
  for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { 'sec-fetch-site': 'cross-site' }])
    expect(await fetched(it, url, { headers })).toEqual([403, 'REQUEST_FORBIDDEN']);
  const { db } = databaseOf(it);
  expect(db.select({ by: auditLog.by }).from(auditLog).all()).toEqual([{ by: LOCAL_VIEWER.name }]);
});

const statusOf = (url: string): Promise<number> =>
  new Promise((resolve) => {
    const ws = new WebSocket(url.replace(/^http/, 'ws'));
    ws.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    ws.on('open', () => {
      resolve(101);
      ws.terminate();
    });
    ws.on('error', () => undefined);
  });

describe('a signed URL of live audio', () => {
  test('opens the socket of one call until it expires', async () => {
    const it = await start();
    it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
    await it.committed();
    it.script.host.openStream({
      providerCallId: providerCallId('their-call'),
      encoding: 'pcm_s16le',
      sampleRate: 16_000,
      parties: ['CUSTOMER'],
    });
    const { id } = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!;
    const request = async (name: string): Promise<GraphqlAnswer> =>
      queryAs(it, name, `{ call(id: "${id}") { listenUrl signedListenUrl(expiresInSeconds: 10) { url } } }`);
    const { listenUrl, signedListenUrl } = (await request('listener')).data.call;
    const { url } = signedListenUrl as Link;
    expect(url).toMatch(/^ws:/);
    expect(new URL(url).pathname).toBe(new URL(listenUrl as string).pathname);
    expect((await request('reader')).errors![0]!.extensions['code']).toBe('FORBIDDEN');
    expect([await statusOf(listenUrl as string), await statusOf(url)]).toEqual([401, 101]);
    expect(await statusOf(`${url}A`)).toBe(403);
    expect((await fetched(it, url.replace('ws:', 'http:').replace('/listen?', '/recording.wav?')))[0]).toBe(
      403,
    );
    const { $client } = databaseOf(it).db;
    await it.committed();
    expect($client.prepare('select by_name from listenings').pluck().all()).toEqual(['listener']);
    aheadMs = 12_000;
    expect(await statusOf(url)).toBe(403);
  });

  test('is null if nobody can listen', async () => {
    const it = await start();
    const id = await aRecording(it);
    const { data } = await queryAs(it, 'listener', `{ call(id: "${id}") { signedListenUrl { url } } }`);
    expect(data.call.signedListenUrl).toBeNull();
  });
});
