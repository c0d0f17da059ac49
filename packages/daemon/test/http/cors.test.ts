import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { allowedHeaders, MAX_REQUESTED_HEADERS, MAX_REQUESTED_HEADERS_LENGTH } from '../../src/http/cors.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
const ALLOWED = 'https://app.example.com';
let count = 0;
let it: TestDaemon;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { server: { port: 0, cors: { origins: [ALLOWED] } } });
});

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** Sends a request with any headers; `fetch` forbids some. */
function send(method: string, headers: Record<string, string>, body = '', path = 'graphql'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(it.url(path), { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

const QUERY = '{"query":"{ latestCursor }"}';
const json = { 'content-type': 'application/json' };

describe('a web page', () => {
  test.each([ALLOWED, 'http://localhost:5173', 'http://127.0.0.1:9'])(
    'from %s can read responses',
    async (origin) => {
      const { status, headers } = await send('POST', { ...json, origin }, QUERY);
      expect(status).toBe(200);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['vary']).toContain('origin');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    },
  );

  test('from an allowed origin passes the preflight', async () => {
    for (const path of ['graphql', 'calls/call_x/control']) {
      const preflight = { origin: ALLOWED, 'access-control-request-method': 'POST' };
      const { status, headers } = await send('OPTIONS', preflight, '', path);
      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': ALLOWED,
        'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
        'access-control-allow-headers': allowedHeaders(undefined),
      });
    }
  });

  test('from an allowed origin may send the headers that it asks for', async () => {
    const asked = 'authorization,content-type,traceparent,Baggage, sentry-trace,apollographql-client-name';
    const headers = { 'access-control-request-method': 'POST', 'access-control-request-headers': asked };
    const allowed = await send('OPTIONS', { origin: ALLOWED, ...headers });
    const names = String(allowed.headers['access-control-allow-headers']).split(', ');
    expect(names).toEqual(expect.arrayContaining(asked.toLowerCase().split(/, ?/)));
    expect(allowed.headers['vary']).toContain('access-control-request-headers');
    const rejected = await send('OPTIONS', { origin: 'https://evil.example', ...headers });
    expect(rejected.headers['access-control-allow-headers']).toBeUndefined();
  });

  test.each(['graphql', 'calls/call_x/control', 'calls/call_x/recording.wav'])(
    'from an allowed origin can read the headers that players need: %s',
    async (path) => {
      const exposedTo = async (origin: string): Promise<string[]> =>
        String((await send('GET', { origin }, '', path)).headers['access-control-expose-headers']).split(
          ', ',
        );
      expect(await exposedTo(ALLOWED)).toEqual(
        expect.arrayContaining(['content-range', 'accept-ranges', 'content-length', 'retry-after']),
      );
      expect(await exposedTo('https://evil.example')).toEqual(['undefined']);
    },
  );

  test.each(['https://evil.example', 'null', `${ALLOWED}.evil.example`, 'http://app.example.com'])(
    'from %s is rejected, in the preflight too',
    async (origin) => {
      const preflight = await send('OPTIONS', { origin, 'access-control-request-method': 'POST' });
      expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([403, undefined]);
      const posted = await send('POST', { ...json, origin }, QUERY);
      expect(posted.status).toBe(403);
      expect(posted.headers['access-control-allow-origin']).toBeUndefined();
      expect(JSON.parse(posted.text)).toMatchObject({
        errors: [{ extensions: { code: 'REQUEST_FORBIDDEN' } }],
      });
    },
  );

  test('on a domain that resolves to the daemon is rejected (DNS rebinding)', async () => {
    const { status } = await send(
      'POST',
      { ...json, host: 'evil.example', origin: 'http://evil.example' },
      QUERY,
    );
    expect(status).toBe(403);
  });
});

test.each([
  ['a line break', 'traceparent\r\nset-cookie: a=b'],
  ['a space', 'trace parent'],
  ['an empty name', 'traceparent,,baggage'],
  ['too many names', Array.from({ length: MAX_REQUESTED_HEADERS + 1 }, (_, i) => `x-${i}`).join()],
  ['a name that is too long', 'x'.repeat(MAX_REQUESTED_HEADERS_LENGTH + 1)],
])('allows only its own headers if the list of headers contains %s', (_what, requested) => {
  expect(allowedHeaders(requested)).toBe(allowedHeaders(undefined));
});

describe('a request without a preflight', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; charset=application/json',
    'application/graphql',
    '',
  ])('is rejected: "%s"', async (type) => {
    const { status, text } = await send('POST', type === '' ? {} : { 'content-type': type }, QUERY);
    expect(status).toBe(415);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INPUT_INVALID' } }] });
  });

  test('is rejected if it is a mutation by GET', async () => {
    const callId = await it.aCall();
    const mutation = encodeURIComponent(
      `mutation { endCall(input: { callId: "${callId}" }) { failure { code } } }`,
    );
    expect((await send('GET', { accept: 'application/json' }, '', `graphql?query=${mutation}`)).status).toBe(
      405,
    );
    expect(it.script.asked).toEqual([]);
  });
});
