import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
const WELCOME = 'https://app.example.com';
let count = 0;
let it: TestDaemon;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { server: { port: 0, cors: { origins: [WELCOME] } } });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** A request with any header: `fetch` forbids some. */
function ask(method: string, headers: Record<string, string>, body = '', path = 'graphql'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(it.url(path), { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    asked.on('error', reject).end(body);
  });
}

const QUERY = '{"query":"{ latestCursor }"}';
const json = { 'content-type': 'application/json' };

describe('a page', () => {
  test.each([WELCOME, 'http://localhost:5173', 'http://127.0.0.1:9'])(
    'of %s may read the answer',
    async (origin) => {
      const { status, headers } = await ask('POST', { ...json, origin }, QUERY);
      expect(status).toBe(200);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['vary']).toContain('origin');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    },
  );

  test('of a welcome origin is told before it asks that it may', async () => {
    for (const path of ['graphql', 'calls/call_x/control']) {
      const preflight = { origin: WELCOME, 'access-control-request-method': 'POST' };
      const { status, headers } = await ask('OPTIONS', preflight, '', path);
      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': WELCOME,
        'access-control-allow-methods': 'GET, POST, OPTIONS',
        'access-control-allow-headers': 'authorization, content-type, idempotency-key',
      });
    }
  });

  test.each(['https://evil.example', 'null', `${WELCOME}.evil.example`, 'http://app.example.com'])(
    'of %s may not, and is not told that it might',
    async (origin) => {
      const preflight = await ask('OPTIONS', { origin, 'access-control-request-method': 'POST' });
      expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([403, undefined]);
      const posted = await ask('POST', { ...json, origin }, QUERY);
      expect(posted.status).toBe(403);
      expect(posted.headers['access-control-allow-origin']).toBeUndefined();
      expect(JSON.parse(posted.text)).toMatchObject({
        errors: [{ extensions: { code: 'REQUEST_FORBIDDEN' } }],
      });
    },
  );

  test('that made its own name point here is refused by that name', async () => {
    const { status } = await ask(
      'POST',
      { ...json, host: 'evil.example', origin: 'http://evil.example' },
      QUERY,
    );
    expect(status).toBe(403);
  });
});

describe('what a page may send without being asked', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; charset=application/json',
    'application/graphql',
    '',
  ])('is no request: "%s"', async (type) => {
    const { status, text } = await ask('POST', type === '' ? {} : { 'content-type': type }, QUERY);
    expect(status).toBe(415);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INPUT_INVALID' } }] });
  });

  test('is no order: a mutation by GET is refused, and nothing is done', async () => {
    const callId = await it.aCall();
    const mutation = encodeURIComponent(
      `mutation { endCall(input: { callId: "${callId}" }) { failure { code } } }`,
    );
    expect((await ask('GET', { accept: 'application/json' }, '', `graphql?query=${mutation}`)).status).toBe(
      405,
    );
    expect(it.script.asked).toEqual([]);
  });
});
