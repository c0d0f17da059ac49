/** Access tokens over all transports, against a daemon that requires them. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import * as parts from '../../src/tokens.ts';
import { startTestDaemon, until, type GraphqlAnswer, type TestDaemon } from '../support/daemon.ts';
import { event, numberedUtterance } from '../support/harness.ts';
import { ackedSocket, rawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;
let dir: string;

const tokenOf = (name: string): string => `token-of-${name}-0123456789`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** As `openssl rand -base64` makes it. */
const PASTED = 'q9+Zk/3f8Lw0aXy7+bT5mQ==';
const auth = {
  tokens: [
    { name: 'reader', token: tokenOf('reader'), scopes: ['read'] },
    { name: 'pasted', token: PASTED, scopes: ['listen'] },
    { name: 'listener', token: tokenOf('listener'), scopes: ['read', 'listen'] },
    { name: 'operator', sha256: sha256(tokenOf('operator')), scopes: ['control'] },
    { name: 'admin', token: tokenOf('admin'), scopes: ['admin'] },
  ],
};

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth });
});

const bearer = (name: string) => ({ authorization: `Bearer ${tokenOf(name)}` });

async function post(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}

const queryAs = async (name: string, query: string): Promise<GraphqlAnswer> =>
  (await (await post(query, bearer(name))).json()) as GraphqlAnswer;

/** Starts a live call with one utterance, and returns its id. */
async function aCall(): Promise<string> {
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  it.emit(numberedUtterance(1));
  await it.committed();
  return (await queryAs('reader', '{ calls { nodes { id } } }')).data.calls.nodes[0].id as string;
}

describe('a request through a proxy with its own access control', () => {
  const basic = { authorization: 'Basic cHJveHk6c2VjcmV0' };

  test('is accepted with the token in its own header, or in the URL of media', async () => {
    expect((await post('{ viewer { name } }', basic)).status).toBe(401);
    const answer = await post('{ viewer { name } }', { ...basic, 'x-access-token': tokenOf('reader') });
    expect(await answer.json()).toEqual({ data: { viewer: { name: 'reader' } } });
    const callId = await aCall();
    const recording = await fetch(it.url(`calls/${callId}/recording.wav?token=${PASTED}`), {
      headers: basic,
    });
    expect(await recording.text()).toContain('CALL_NOT_FOUND: this call has no recording');
  });

  test.each([PASTED, encodeURIComponent(PASTED)])('opens sockets with ?token=%s', async (token) => {
    const options = { headers: basic };
    await expect(
      rawSocket(it.daemon.url.href, { path: `calls/call_x/listen?token=${token}`, options }),
    ).rejects.toThrow('status 404');
    const socket = await rawSocket(it.daemon.url.href, { path: `graphql?token=${token}`, options });
    socket.send({ type: 'connection_init' });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
  });
});

describe('without a known token', () => {
  test.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['a wrong token', { authorization: 'Bearer wrong-wrong-wrong-wrong' }],
    ['the hash of a token', { authorization: `Bearer ${sha256(tokenOf('reader'))}` }],
    ['another scheme', { authorization: `Basic ${tokenOf('reader')}` }],
  ])('rejects a request with 401 and no data: %s', async (_case, headers) => {
    for (const query of [
      '{ calls { nodes { id } } }',
      '{ __schema { types { name } } }',
      '{ viewer { name } }',
      '{',
    ]) {
      const response = await post(query, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      const result = (await response.json()) as GraphqlAnswer;
      expect(result).toEqual({
        errors: [
          { message: expect.any(String), extensions: { code: 'AUTH_REQUIRED', remedy: expect.any(String) } },
        ],
      });
    }
  });

  test('rejects GET requests, SSE, a token in the URL and control requests with 401', async () => {
    const query = encodeURIComponent('{ __schema { types { name } } }');
    const requests = [
      fetch(it.url(`graphql?query=${query}`), { headers: { accept: 'application/json' } }),
      fetch(it.url(`graphql?query=${query}&token=${tokenOf('admin')}`)),
      fetch(it.url(`graphql?query=${encodeURIComponent('subscription { callEvents { cursor } }')}`), {
        headers: { accept: 'text/event-stream' },
      }),
      fetch(it.url('calls/call_x/control'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"type":"end-call"}',
      }),
    ];
    for (const response of await Promise.all(requests)) {
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });

  test('serves the GraphiQL page, without the result of a query', async () => {
    const query = encodeURIComponent('{ __schema { queryType { name } } }');
    const page = await fetch(it.url(`graphql?query=${query}`), { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')?.slice(0, 9)]).toEqual([200, 'text/html']);
    expect(await page.text()).not.toContain('__schema');
    const otherAccept = await fetch(it.url(`graphql?query=${query}`), {
      headers: { accept: 'application/json, text/html;q=0.1' },
    });
    expect(await otherAccept.text()).not.toContain('"queryType"');
  });

  test.each([
    ['no token', undefined],
    ['a wrong token', { authorization: 'Bearer wrong-wrong-wrong-wrong' }],
    ['a token without a scheme', { authorization: tokenOf('reader') }],
    ['a token under another name', { token: tokenOf('reader') }],
    ['not a string', { authorization: 7 }],
  ])('closes a socket with 4403: %s', async (_case, payload) => {
    const raw = await rawSocket(it.url('graphql'));
    raw.send({ type: 'connection_init', ...(payload && { payload }) });
    expect(await raw.closed).toEqual({ code: 4403, reason: 'Forbidden' });
  });

  test('passes provider requests to their plugin', async () => {
    expect((await fetch(it.url('providers/test/x'), { method: 'POST', body: '{}' })).status).toBe(200);
  });
});

describe('with a token', () => {
  test('returns its owner as the viewer, over HTTP and sockets, from payload, header and URL', async () => {
    const viewer = { name: 'listener', scopes: ['READ', 'LISTEN'] };
    expect((await queryAs('listener', '{ viewer { name scopes } }')).data.viewer).toEqual(viewer);
    const sockets = [
      await ackedSocket(it.url('graphql'), bearer('listener')),
      await rawSocket(it.url('graphql'), { options: { headers: bearer('listener') } }),
      await rawSocket(it.url('graphql'), { path: `?token=${tokenOf('listener')}` }),
    ];
    for (const raw of sockets.slice(1)) {
      raw.send({ type: 'connection_init' });
      expect(await raw.next()).toEqual({ type: 'connection_ack' });
    }
    for (const raw of sockets) {
      raw.send({ id: '1', type: 'subscribe', payload: { query: '{ viewer { name scopes } }' } });
      expect((await raw.next())['payload']).toEqual({ data: { viewer } });
    }
  });

  test('ADMIN includes the other scopes', async () => {
    const { data } = await queryAs('admin', '{ viewer { scopes } }');
    expect(data.viewer.scopes).toEqual(['READ', 'LISTEN', 'CONTROL', 'ADMIN']);
  });

  test('stores its name with commands', async () => {
    const callId = await aCall();
    await queryAs('admin', `mutation { endCall(input: { callId: "${callId}" }) { failure { code } } }`);
    const { data } = await queryAs('reader', '{ calls { nodes { commands { nodes { requestedBy } } } } }');
    expect(data.calls.nodes[0].commands.nodes).toEqual([{ requestedBy: 'admin' }]);
  });

  test('can be replaced by other tokens without losing calls', async () => {
    const callId = await aCall();
    await it.daemon.stop();
    it = await startTestDaemon(dir, {
      auth: { tokens: [{ name: 'new', token: tokenOf('new'), scopes: ['read'] }] },
    });
    expect((await post('{ latestCursor }', bearer('reader'))).status).toBe(401);
    expect((await queryAs('new', '{ calls { nodes { id } } }')).data.calls.nodes).toEqual([{ id: callId }]);
  });
});

describe('a missing scope', () => {
  const forbidden = (path: unknown[], scope: string) => ({
    path,
    extensions: { code: 'FORBIDDEN', scope, remedy: expect.any(String) },
  });

  test('is reported with its name, and nothing is executed', async () => {
    const callId = await aCall();
    const { errors } = await queryAs(
      'listener',
      `mutation { endCall(input: { callId: "${callId}" }) { failure { code } } }`,
    );
    expect(errors).toMatchObject([forbidden(['endCall'], 'CONTROL')]);
    const deletion = await queryAs('operator', `mutation { deleteCall(callId: "${callId}") }`);
    expect(deletion.errors).toMatchObject([forbidden(['deleteCall'], 'ADMIN')]);
    expect(it.script.asked).toEqual([]);
    expect((await queryAs('reader', `{ call(id: "${callId}") { id } }`)).data.call).toEqual({ id: callId });
  });

  test('sets only the affected field to null if its type allows it', async () => {
    const callId = await aCall();
    const { data, errors } = await queryAs(
      'reader',
      `{ call(id: "${callId}") { levels { rmsDb } } latestCursor viewer { name } }`,
    );
    expect(errors).toMatchObject([forbidden(['call', 'levels'], 'LISTEN')]);
    expect(data).toMatchObject({ call: null, latestCursor: expect.any(String), viewer: { name: 'reader' } });
  });

  test('hides the fields of a call in the result of a mutation', async () => {
    const callId = await aCall();
    const { data, errors } = await queryAs(
      'operator',
      `mutation { endCall(input: { callId: "${callId}" }) { command { status call { id } } call { id transcriptText } } }`,
    );
    expect(data.endCall).toEqual({ command: { status: 'ACCEPTED', call: { id: callId } }, call: null });
    expect(errors).toMatchObject([forbidden(['endCall', 'call', 'transcriptText'], 'READ')]);
    expect((await queryAs('operator', '{ calls { totalCount } }')).errors).toMatchObject([
      forbidden(['calls'], 'READ'),
    ]);
  });

  test('prevents a subscription over a socket and over SSE', async () => {
    const query = 'subscription { audioLevels { at } }';
    const raw = await ackedSocket(it.url('graphql'), bearer('reader'));
    raw.send({ id: '1', type: 'subscribe', payload: { query } });
    expect(await raw.next()).toMatchObject({
      payload: { errors: [{ extensions: { code: 'FORBIDDEN', scope: 'LISTEN' } }] },
    });
    const stream = await post(query, { ...bearer('reader'), accept: 'text/event-stream' });
    expect(await stream.text()).toContain('"code":"FORBIDDEN"');
    expect(it.daemon.parts.resolve(parts.DEMAND).size).toBe(0);
  });

  test('does not affect a subscription with other scopes', async () => {
    const raw = await ackedSocket(it.url('graphql'), bearer('listener'));
    raw.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { audioLevels { at } }' } });
    await until(() => it.daemon.parts.resolve(parts.DEMAND).size === 1, 'the subscription started');
  });

  test('is a 403 of the control endpoint', async () => {
    const control = (name: string) =>
      fetch(it.url('calls/call_x/control'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(name) },
        body: '{"type":"end-call"}',
      });
    const rejected = await control('listener');
    expect([rejected.status, await rejected.json()]).toMatchObject([
      403,
      { code: 'FORBIDDEN', scope: 'CONTROL' },
    ]);
    expect((await control('operator')).status).toBe(404);
  });
});

test('counts a socket for its viewer as soon as the viewer is known', async () => {
  await it.daemon.stop();
  it = await startTestDaemon(dir, { auth, limits: { connections: 1 } });
  const one = await ackedSocket(it.url('graphql'), bearer('reader'));
  const other = await ackedSocket(it.url('graphql'), bearer('listener'));
  const third = await rawSocket(it.url('graphql'));
  third.send({ type: 'connection_init', payload: bearer('reader') });
  expect(await third.closed).toEqual({ code: 1013, reason: 'LIMIT_CONNECTIONS' });
  one.socket.close();
  await one.closed;
  await until(
    () =>
      ackedSocket(it.url('graphql'), bearer('reader')).then(
        () => true,
        () => false,
      ),
    'another connection is accepted',
  );
  expect(other.socket.readyState).toBe(other.socket.OPEN);
});

test('never logs a token', async () => {
  await aCall();
  await post('{ latestCursor }', { authorization: 'Bearer wrong-wrong-wrong-wrong' });
  const raw = await rawSocket(it.url('graphql'), { path: `?token=${tokenOf('reader')}x` });
  raw.send({ type: 'connection_init', payload: bearer('unknown') });
  await raw.closed;
  await ackedSocket(it.url('graphql'), bearer('reader'));
  expect(it.lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(it.lines)).not.toMatch(/token-of-|wrong-wrong/);
});
