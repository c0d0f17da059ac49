/** Requests that no correct client sends, byte by byte: each is answered with an error, and the daemon serves the next one. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { startTestDaemon, type GraphqlAnswer, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;
beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

/** Sends raw bytes, and returns all responses: the connection is closed by the daemon, or by us after the first response. */
async function send(bytes: string): Promise<string> {
  const { hostname, port } = new URL(it.url(''));
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).end(bytes);
  let received = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) received += chunk.toString('latin1');
  return received;
}

const statusesOf = (received: string): string[] =>
  [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status!);

const SMUGGLED = 'GET /graphql?query=%7BlatestCursor%7D HTTP/1.1\r\nhost: localhost\r\n\r\n';
const POST = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

test.each([
  ['two lengths', `content-length: 0\r\ncontent-length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`],
  ['a length and chunks', `content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['an unknown coding after chunks', `transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a space before the colon', `content-length : 0\r\n\r\n${SMUGGLED}`],
  ['a folded header', `x: a\r\n transfer-encoding: chunked\r\ncontent-length: 1x\r\n\r\n${SMUGGLED}`],
  ['an invalid chunk size', `transfer-encoding: chunked\r\n\r\n-1\r\n${SMUGGLED}`],
  ['a signed length', `content-length: +5\r\n\r\n${SMUGGLED}`],
  ['a bare line feed', `x: a\ncontent-length: 0\r\n\r\n${SMUGGLED}`],
])('an ambiguous HTTP request is rejected, and nothing after it is read: %s', async (_case, rest) => {
  expect(statusesOf(await send(POST + rest))).toEqual(['400']);
});

test.each([
  ['an unknown method', 'HACK / HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a null byte in a header', 'GET / HTTP/1.1\r\nhost: localhost\r\nx: a\0b\r\n\r\n'],
  ['two Host headers', 'GET /graphql HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n'],
  ['a tunnel', 'CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['an unknown upgrade', 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n'],
  ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
])('a malformed HTTP request is answered with 4xx or closed: %s', async (_case, bytes) => {
  for (const status of statusesOf(await send(bytes))) expect(status).toMatch(/^4/);
  expect((await it.query('{ latestCursor }')).errors).toBeUndefined();
});

const OUTSIDE = [
  '../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e/%2e%2e/etc/passwd',
  '..%5c..%5cwindows',
  'assets/../../package.json',
  'assets/..%2f..%2fpackage.json',
  'assets/%00',
  'assets/__proto__',
  'graphiql/assets/../../../package.json',
  'graphiql/assets/constructor',
  'calls/..%2f..%2ftest.db/recording.wav',
  'calls/__proto__/recording.wav',
  'calls/%2e%2e/recording.wav',
  'providers/__proto__/x',
  'providers/constructor/x',
  'providers/%2e%2e/x',
  '/etc/passwd',
  '//evil.example/x',
  '%c0%ae%c0%ae/',
];

test('a path outside the known ones returns 4xx', async () => {
  const known: string[] = [];
  for (const path of OUTSIDE) {
    const [status] = statusesOf(
      await send(`GET /${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`),
    );
    if (!status?.startsWith('4')) known.push(`${path}: ${status}`);
  }
  expect(known).toEqual([]);
});

test.each([
  ['an empty text', ''],
  ['null', 'null'],
  ['a list', '[{"query":"{ latestCursor }"},{"query":"{ latestCursor }"}]'],
  ['a number', '7'],
  ['invalid JSON', '{"query":'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ['an inherited query', '{"__proto__":{"query":"{ latestCursor }"}}'],
  ['a query that is a list', '{"query":["{ latestCursor }"]}'],
  ['variables that are a list', '{"query":"{ latestCursor }","variables":[1]}'],
  ['deep variables', `{"query":"query","variables":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
])('a body of a GraphQL request without a valid operation is answered with 400: %s', async (_case, body) => {
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body,
  });
  expect(response.status).toBe(400);
  expect(((await response.json()) as Partial<GraphqlAnswer>).errors).toHaveLength(1);
  expect((await it.query('{ latestCursor }')).errors).toBeUndefined();
  expect(it.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

describe('options of a command that are nested too deep', () => {
  const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const post = async (path: string, body: string): Promise<unknown> =>
    (
      await fetch(it.url(path), { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    ).json();
  const transfer = async (callId: string, options: string): Promise<unknown> => {
    const query = `mutation ($options: JSON) { transfer(input: { callId: "${callId}", number: "+15005550001", providerOptions: $options }) { failure { code } } }`;
    return post('graphql', `{"query":${JSON.stringify(query)},"variables":{"options":${options}}}`);
  };

  test.each([65, 5000])('are rejected by their name: %i levels', async (levels) => {
    const callId = await it.aCall();
    expect(await transfer(callId, nested(levels))).toMatchObject({
      errors: [{ extensions: { code: 'INPUT_INVALID', argument: 'input.providerOptions' } }],
    });
    const body = `{"type":"transfer","destination":{"type":"number","number":"+15005550001","a":${nested(levels)}}}`;
    expect(await post(`calls/${callId}/control`, body)).toMatchObject({ code: 'INPUT_INVALID' });
    expect([it.script.asked, it.lines.filter(({ level }) => level === 'error')]).toEqual([[], []]);
  });

  test('are accepted up to the limit', async () => {
    expect(await transfer(await it.aCall(), nested(64))).not.toHaveProperty('errors');
  });
});

test('tens of thousands of unused variables are ignored', async () => {
  const variables = Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`v${i}`, 1]));
  expect((await it.query('{ latestCursor }', variables)).errors).toBeUndefined();
});

test('no response sets a cookie, and no request is accepted because of one', async () => {
  const token = 'token-of-admin-0123456789';
  await it.daemon.stop();
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth: { tokens: [{ name: 'admin', token, scopes: ['admin'] }] } });
  for (const path of ['', 'graphql?query=%7BlatestCursor%7D', 'healthz', 'calls/call_1/recording.wav']) {
    const cookie = `authorization=Bearer ${token}; token=${token}`;
    const response = await fetch(it.url(path), { headers: { cookie, accept: 'application/json' } });
    expect(response.headers.getSetCookie(), path).toEqual([]);
    if (/^(?:graphql|calls)/.test(path)) expect(response.status, path).toBe(401);
  }
});
