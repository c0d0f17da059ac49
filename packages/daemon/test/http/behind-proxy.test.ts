/** Headers that reverse proxies and load balancers depend on. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = tempDir();
let count = 0;

/** Starts a daemon with a database of its own. */
const startNew = (settings: Record<string, unknown> = {}): Promise<TestDaemon> =>
  startTestDaemon(join(dir, String(count++)), settings);

/** The longest time that a common load balancer keeps idle connections to its servers: Google Cloud. */
const PROXY_KEEP_ALIVE_SECONDS = 600;

describe('a connection without a request', () => {
  /** Reads the announced timeout, which Node.js also enforces. */
  async function keepAliveOf(settings: Record<string, unknown>): Promise<number> {
    const it = await startNew(settings);
    const socket = connect(Number(it.daemon.url.port), it.daemon.url.hostname);
    socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return Number(/^keep-alive: timeout=(\d+)/im.exec(answer.toString())?.[1]);
  }

  test('stays open longer than a proxy keeps it', async () => {
    expect(await keepAliveOf({})).toBeGreaterThan(PROXY_KEEP_ALIVE_SECONDS);
    expect(configSchema.parse({}).server.keepAliveSeconds).toBeGreaterThan(PROXY_KEEP_ALIVE_SECONDS);
  });

  test('stays open as long as server.keepAliveSeconds says', async () => {
    expect(await keepAliveOf({ server: { port: 0, keepAliveSeconds: 30 } })).toBe(30);
  });
});

test('streams of events are marked as not to be buffered or changed', async () => {
  const it = await startNew();
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { callEvents { __typename } }' }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
  await response.body?.cancel();
});

test('other responses of GraphQL are buffered as usual', async () => {
  const it = await startNew();
  const response = await fetch(it.url('graphql?query={latestCursor}'));
  expect(response.headers.has('x-accel-buffering')).toBe(false);
});

describe('a WebSocket whose proxy removed the upgrade headers', () => {
  const handshake = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };
  const auth = { tokens: [{ name: 'reader', token: 'token-of-a-reader-012345', scopes: ['read'] }] };

  test.each([
    ['calls/call_x/listen', handshake],
    ['calls/call_x/listen', {}],
    ['graphql', handshake],
    ['graphql/?token=abc', { 'sec-websocket-version': '13' }],
    ['providers/test/stream/abc', handshake],
    ['providers/unknown/stream', handshake],
  ] as [string, Record<string, string>][])('is answered with 426: %s %j', async (path, headers) => {
    for (const settings of [{}, { auth }]) {
      const it = await startNew(settings);
      const response = await fetch(it.url(path), { headers });
      expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
      expect(await response.text()).toMatch(/UPGRADE_REQUIRED[^]*proxy|proxy[^]*UPGRADE_REQUIRED/);
      expect(it.lines.filter(({ fields }) => fields['code'] === 'UPGRADE_REQUIRED')).toHaveLength(1);
    }
  });

  test.each(['graphql?query={latestCursor}', 'providers/test/stream/abc', 'calls/call_x/recording.wav'])(
    'is not assumed of other requests: %s',
    async (path) => {
      const it = await startNew();
      expect((await fetch(it.url(path))).status).not.toBe(426);
    },
  );

  test('leaves the connection open for the next request', async () => {
    const it = await startNew();
    const socket = connect(Number(it.daemon.url.port), it.daemon.url.hostname);
    socket.write('GET /calls/x/listen HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 426');
    socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 200');
    socket.destroy();
  });
});

describe('the address of a webhook', () => {
  test.each([
    'providers/test/hook',
    'providers/test/hook/',
    '/providers/test/hook',
    'providers//test/hook//',
    'sidetone/providers/test/hook',
  ])('may be written as /%s', async (path) => {
    const it = await startNew({
      server: { port: 0, publicUrl: 'http://localhost:1/sidetone' },
    });
    it.script.answer = async (request) => ({
      status: 200,
      body: `${request.path} ${request.requestedUrl?.href}`,
    });
    const response = await fetch(`${it.daemon.url.href}${path}?a=b`, { method: 'POST' });
    const own = `/${path}`.replace(/^\/sidetone/, '');
    expect(await response.text()).toBe(`hook http://localhost:1/sidetone${own}?a=b`);
  });

  test.each([
    ['providers/unknown/webhook', 404, 'provider request rejected'],
    ['providers/test/missing', 404, 'provider request rejected'],
    ['test/webhook', 405, 'request to an unknown path rejected'],
  ])('that does not exist is logged once, then counted: %s', async (path, status, message) => {
    const it = await startNew();
    it.script.answer = async () => ({ status: 404 });
    for (let i = 0; i < 3; i++) expect((await fetch(it.url(path), { method: 'POST' })).status).toBe(status);
    expect(it.lines.filter((line) => line.message === message)).toMatchObject([
      { level: 'warn', fields: { path: `/${path}` } },
    ]);
    await it.daemon.stop();
    expect(it.lines.filter((line) => line.message === message)[1]).toMatchObject({
      fields: { suppressed: 2 },
    });
  });
});

describe('a request that offers another protocol', () => {
  test.each(['h2c', 'TLS/1.0', 'HTTP/2.0, IRC/6.9'])(
    'is answered over HTTP/1.1, and so is the next one: %s',
    async (protocol) => {
      const it = await startNew();
      const socket = connect(Number(it.daemon.url.port), it.daemon.url.hostname);
      const body = '{"query":"{ latestCursor }"}';
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: ${protocol}\r\nhttp2-settings: AA\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await until(() => text.includes('latestCursor'), 'the result');
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
      await until(() => text.includes('alive'), 'the next response');
      socket.destroy();
    },
  );
});
