/** Failed sign-ins over every entrance of a daemon whose elapsed time does not advance. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { FaultError } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../src/system-clock.ts';
import * as parts from '../../src/tokens.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { rawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const TOKEN = 'token-of-admin-0123456789';
const WRONG = 'wrong-wrong-wrong-wrong';
const auth = {
  tokens: [{ name: 'admin', sha256: createHash('sha256').update(TOKEN).digest('hex'), scopes: ['admin'] }],
};
/** Failures that are within the rate: two seconds' worth of one per second. */
const BURST = 2;

const root = tempDir();
let count = 0;
let it: TestDaemon;

async function start(settings: Record<string, unknown> = {}): Promise<TestDaemon> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  const clock = { ...systemClock, elapsed: () => 0 };
  const limits = { failedSignInsPerSecond: 1 };
  const daemon = await startTestDaemon(dir, { auth, limits, ...settings }, clock);
  daemon.script.admitRequest = ({ headers, path }) => {
    if (path === 'thrown' && headers['x-secret'] !== TOKEN)
      throw new FaultError('WEBHOOK_UNAUTHENTICATED', 'x-secret: missing');
    return headers['x-secret'] === TOKEN || path === 'answered'
      ? { admit: true }
      : { admit: false, status: 401 };
  };
  daemon.script.answer = async ({ headers }) => ({ status: headers['x-secret'] === TOKEN ? 200 : 403 });
  return daemon;
}

beforeEach(async () => void (it = await start()));

const json = { 'content-type': 'application/json' };
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

async function post(path: string, headers: Record<string, string>, body = '{}'): Promise<number> {
  const response = await fetch(it.url(path), { method: 'POST', headers: { ...json, ...headers }, body });
  await response.text();
  if (response.status === 429) {
    expect([response.headers.get('retry-after'), response.headers.get('connection')]).toEqual(['1', 'close']);
  }
  return response.status;
}

const get = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(it.url(path), { headers })).status;

/** Opens a WebSocket. Resolves with 101, or the status of the rejection. */
const upgrade = (path: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(it.url(path).replace('http', 'ws'), { headers });
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
    socket.once('error', reject);
  });

async function initialise(path: string, payload?: Record<string, string>): Promise<number> {
  const raw = await rawSocket(it.url('graphql'), { path });
  raw.send({ type: 'connection_init', ...(payload && { payload }) });
  return Promise.race([raw.closed.then(({ code }) => code), raw.next().then(() => 101)]);
}

const QUERY = '{"query":"{ viewer { name } }"}';
const QUERY_URL = `graphql?query=${encodeURIComponent('{ viewer { name } }')}`;
const SUBSCRIPTION = `graphql?query=${encodeURIComponent('subscription { callUpdated(id: "x") { id } }')}`;

/** An attempt with a credential, and the statuses of a failure, a limited failure and a success. */
const ENTRANCES: Record<
  string,
  {
    attempt: (token: string) => Promise<number>;
    failed: number;
    limited: number;
    accepted: number;
    entrance: string;
  }
> = {
  'a GraphQL request': {
    attempt: (token) => post('graphql', bearer(token), QUERY),
    failed: 401,
    limited: 429,
    accepted: 200,
    entrance: 'GRAPHQL',
  },
  'a GraphQL request with GET': {
    attempt: (token) => get(QUERY_URL, bearer(token)),
    failed: 401,
    limited: 429,
    accepted: 200,
    entrance: 'GRAPHQL',
  },
  'an SSE request': {
    attempt: (token) => get(SUBSCRIPTION, { accept: 'text/event-stream', ...bearer(token) }),
    failed: 401,
    limited: 429,
    accepted: 200,
    entrance: 'GRAPHQL',
  },
  connection_init: {
    attempt: (token) => initialise('', bearer(token)),
    failed: 4403,
    limited: 1013,
    accepted: 101,
    entrance: 'GRAPHQL_SOCKET',
  },
  'a socket with a token in the URL': {
    attempt: (token) => initialise(`?token=${token}`),
    failed: 4403,
    limited: 1013,
    accepted: 101,
    entrance: 'GRAPHQL_SOCKET',
  },
  'a control request': {
    attempt: (token) => post('calls/call_x/control', bearer(token), '{"type":"end-call"}'),
    failed: 401,
    limited: 429,
    accepted: 404,
    entrance: 'CONTROL',
  },
  'a listen socket': {
    attempt: (token) => upgrade(`calls/call_x/listen?token=${token}`),
    failed: 401,
    limited: 429,
    accepted: 404,
    entrance: 'LISTEN',
  },
  'a recording': {
    attempt: (token) => get(`calls/call_x/recording.wav?token=${token}`),
    failed: 401,
    limited: 429,
    accepted: 404,
    entrance: 'RECORDING',
  },
  'a webhook that is not admitted': {
    attempt: (token) => post('providers/test/webhook', { 'x-secret': token }),
    failed: 401,
    limited: 429,
    accepted: 200,
    entrance: 'WEBHOOK',
  },
  'a webhook that the plugin rejects with an error': {
    attempt: (token) => post('providers/test/thrown', { 'x-secret': token }),
    failed: 401,
    limited: 429,
    accepted: 200,
    entrance: 'WEBHOOK',
  },
  'a webhook that the plugin answers with 403': {
    attempt: (token) => post('providers/test/answered', { 'x-secret': token }),
    failed: 403,
    limited: 429,
    accepted: 200,
    entrance: 'WEBHOOK',
  },
  'a stream socket': {
    attempt: (token) => upgrade(`providers/test/stream/${token === TOKEN ? 'good' : token}`),
    failed: 404,
    limited: 429,
    accepted: 101,
    entrance: 'PROVIDER_SOCKET',
  },
};

describe.each(Object.entries(ENTRANCES))('%s', (_name, { attempt, failed, limited, accepted, entrance }) => {
  test('with a wrong credential is limited, with a valid one accepted at once', async () => {
    for (let i = 0; i < BURST; i++) expect(await attempt(WRONG)).toBe(failed);
    expect(await attempt(WRONG)).toBe(limited);
    expect(await attempt(WRONG)).toBe(limited);
    expect(await attempt(TOKEN)).toBe(accepted);
    const signIns = it.daemon.parts.resolve(parts.FAILED_SIGN_INS);
    expect([signIns.failed, signIns.limited]).toEqual([BURST + 2, 2]);
  });

  test('is logged once with its address and path, and counted, without the credential', async () => {
    const reports: unknown[] = [];
    it.daemon.parts.resolve(parts.FAILED_SIGN_INS).onFailures((report) => reports.push(report));
    for (let i = 0; i < 4; i++) await attempt(WRONG);
    await it.daemon.stop();
    const lines = it.lines.filter(({ level, message }) => level === 'warn' && message.includes('re'));
    const own = lines.filter(({ fields }) => fields['address'] === '127.0.0.1');
    expect(own.map(({ fields }) => fields['suppressed'])).toEqual([undefined, 3]);
    expect(own[0]?.fields['path']).toMatch(/^\/(graphql|calls|providers)/);
    expect(JSON.stringify(it.lines)).not.toContain(WRONG);
    expect(reports).toEqual([{ address: '127.0.0.1', entrance, count: 4 }]);
  });
});

test('one rate covers all entrances', async () => {
  const attempts = Object.values(ENTRANCES);
  for (const { attempt } of attempts.slice(0, BURST)) await attempt(WRONG);
  for (const { attempt, limited } of attempts) expect(await attempt(WRONG)).toBe(limited);
  for (const { attempt, accepted } of attempts) expect(await attempt(TOKEN)).toBe(accepted);
});

test('requests without a token are rejected as such, so a page can ask for one', async () => {
  for (let i = 0; i < BURST + 1; i++) await post('graphql', bearer(WRONG), QUERY);
  expect(await post('graphql', {}, QUERY)).toBe(401);
  expect(await initialise('')).toBe(4403);
});

describe('behind a proxy', () => {
  const via = (address: string, token: string): Promise<number> =>
    post('graphql', { ...bearer(token), 'x-forwarded-for': address }, QUERY);

  test('that is trusted, each client has a rate of its own', async () => {
    it = await start({ server: { port: 0, trustedProxies: ['127.0.0.1'] } });
    for (let i = 0; i < BURST; i++) await via('203.0.113.1', WRONG);
    expect(await via('203.0.113.1', WRONG)).toBe(429);
    expect(await via('203.0.113.2', WRONG)).toBe(401);
    expect(await via('203.0.113.1', TOKEN)).toBe(200);
  });

  test('that is not trusted, all clients share a rate, and valid tokens are accepted', async () => {
    for (let i = 0; i < BURST; i++) await via('203.0.113.1', WRONG);
    expect(await via('203.0.113.2', WRONG)).toBe(429);
    expect(await via('203.0.113.2', TOKEN)).toBe(200);
  });
});

test('a sender that rejected deliveries came from is not limited in its valid ones', async () => {
  const { attempt } = ENTRANCES['a webhook that is not admitted']!;
  const statuses: number[] = [];
  for (let i = 0; i < 10; i++) statuses.push(await attempt(i % 2 === 0 ? WRONG : TOKEN));
  expect(statuses.filter((_status, i) => i % 2 === 1)).toEqual([200, 200, 200, 200, 200]);
});

describe('a client without a token', () => {
  /** Sends bytes on a connection of its own, and resolves when it is closed. */
  const send = async (bytes: string): Promise<void> => {
    const { hostname, port } = new URL(it.url(''));
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    socket.write(bytes);
    await once(socket, 'close');
  };

  const garbage = async (message: string): Promise<void> => {
    const raw = await rawSocket(it.url('graphql'));
    raw.send(message);
    await raw.closed;
  };

  test.each<[string, string, () => Promise<unknown>]>([
    ['malformed requests', 'malformed request rejected', () => send('GET / HTTP/9.9\r\n\r\n')],
    [
      'pipelined requests',
      'too many pipelined requests, connection closed',
      () => send('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(300)),
    ],
    ['large messages', 'WebSocket error', () => garbage('x'.repeat(2 * 1024 * 1024))],
    ['missing tokens', 'request rejected', () => post('graphql', {}, QUERY)],
    ['sockets without a token', 'request rejected', () => initialise('')],
  ])('does not fill the log: %s', async (_case, message, attempt) => {
    for (let i = 0; i < 5; i++) await attempt();
    const lines = it.lines.filter((line) => line.message === message);
    expect(lines).toMatchObject([{ level: 'warn', fields: { address: '127.0.0.1' } }]);
  });
});
