/** Every response has the security headers, whatever the path, the method or the error. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { SECURITY_HEADERS } from '../../src/http/security-headers.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

let it: TestDaemon;
beforeEach(async () => {
  const dir = join(tempDir(), 'headers');
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

/** Sends raw bytes and returns the head of the first response. */
async function headOf(bytes: string): Promise<string> {
  const { hostname, port } = new URL(it.url(''));
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  let received = '';
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received += chunk.toString('latin1');
      if (received.includes('\r\n\r\n')) break;
    }
  } finally {
    socket.destroy();
  }
  return received.slice(0, received.indexOf('\r\n\r\n') + 2).toLowerCase();
}

function expectHeaders(head: string, line: string): void {
  expect(head, line).toMatch(/^http\/1\.1 \d{3}/);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (name === 'content-security-policy') {
      expect(head, line).toMatch(/content-security-policy: default-src 'none'.*frame-ancestors 'none'/);
    } else expect(head, line).toContain(`\r\n${name}: ${value.toLowerCase()}\r\n`);
  }
}

const PATHS = [
  '/',
  '/history',
  '/overview',
  '/calls/call_1',
  '/icon.svg',
  '/assets/none.js',
  '/graphiql/assets/none.js',
  '/graphql',
  '/graphql?query=%7BlatestCursor%7D',
  '/calls/call_1/control',
  '/calls/call_1/listen',
  '/calls/call_1/recording.wav',
  '/providers/test/anything',
  '/providers/none/anything',
  '/healthz',
  '/readyz',
  '/nowhere',
  '/%ff',
  '//',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'];
const ACCEPTS = ['*/*', 'text/html', 'text/event-stream'];

test('on every path, with every method and type', async () => {
  const upgrade =
    'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x\r\n';
  const requests = PATHS.flatMap((path) => [
    ...METHODS.flatMap((method) =>
      ACCEPTS.map((accept) => `${method} ${path} HTTP/1.1\r\nhost: localhost\r\naccept: ${accept}\r\n`),
    ),
    `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${upgrade}`,
    `GET ${path} HTTP/1.1\r\nhost: evil.example\r\n`,
    `GET ${path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: cross-site\r\n`,
  ]);
  await Promise.all(requests.map(async (request) => expectHeaders(await headOf(`${request}\r\n`), request)));
});

const MALFORMED = [
  ['without a Host header', 'GET / HTTP/1.1\r\n\r\n'],
  ['with an absolute URL', 'GET http://localhost/ HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['with an unknown expectation', 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: something\r\n\r\n'],
  ['that is not HTTP', 'hello\r\n\r\n'],
  ['with an invalid length', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n'],
  ['with too many headers', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
] as const;

test('on the response to a malformed request', async () => {
  for (const [name, bytes] of MALFORMED) {
    const head = await headOf(bytes);
    expect(head, name).toMatch(/^http\/1\.1 4\d\d/);
    expectHeaders(head, name);
  }
});

describe('a plugin', () => {
  test('cannot replace a security header', async () => {
    it.script.answer = async () => ({
      status: 200,
      headers: { 'X-Frame-Options': 'ALLOWALL', 'Content-Security-Policy': '*', 'x-own': 'kept' },
    });
    const head = await headOf('GET /providers/test/x HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expectHeaders(head, 'plugin');
    expect(head).toContain('x-own: kept');
    expect(head).not.toContain('allowall');
  });
});

describe('a request from a page of another site', () => {
  const send = async (path: string, ...headers: string[]): Promise<string> => {
    const lines = [`GET ${path} HTTP/1.1`, 'host: localhost', 'sec-fetch-site: cross-site', ...headers];
    return (await headOf(`${lines.join('\r\n')}\r\n\r\n`)).slice(9, 12);
  };
  const navigate = ['accept: text/html', 'sec-fetch-mode: navigate', 'sec-fetch-dest: document'];

  test('is rejected if it is an image, script or frame', async () => {
    const frame = ['accept: text/html', 'sec-fetch-mode: navigate', 'sec-fetch-dest: iframe'];
    for (const path of PATHS) {
      expect(await send(path, 'sec-fetch-mode: no-cors', 'sec-fetch-dest: image'), path).toBe('403');
      expect(await send(path, ...frame), path).toBe('403');
    }
  });

  test('may open a page, and nothing else', async () => {
    expect(await send('/', ...navigate)).toBe('200');
    expect(await send('/graphql', ...navigate)).toBe('200');
    for (const path of ['/calls/call_1/recording.wav', '/providers/test/x', '/readyz'])
      expect(await send(path, ...navigate)).toBe('403');
  });

  test('is accepted from a permitted origin', async () => {
    expect(await send('/graphql?query=%7BlatestCursor%7D', 'origin: http://127.0.0.1:5173')).toBe('200');
  });
});
