/** Access tokens over every transport, against a daemon that has some. */
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
const auth = {
  tokens: [
    { name: 'reader', token: tokenOf('reader'), scopes: ['read'] },
    { name: 'listener', token: tokenOf('listener'), scopes: ['read', 'listen'] },
    { name: 'steerer', sha256: sha256(tokenOf('steerer')), scopes: ['control'] },
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

const ask = async (name: string, query: string): Promise<GraphqlAnswer> =>
  (await (await post(query, bearer(name))).json()) as GraphqlAnswer;

/** A call that is live, with a word said; our id of it. */
async function aCall(): Promise<string> {
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  it.emit(numberedUtterance(1));
  await it.committed();
  return (await ask('reader', '{ calls { nodes { id } } }')).data.calls.nodes[0].id as string;
}

describe('without a token that is known', () => {
  test.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['a wrong token', { authorization: 'Bearer wrong-wrong-wrong-wrong' }],
    ['the hash of one', { authorization: `Bearer ${sha256(tokenOf('reader'))}` }],
    ['another scheme', { authorization: `Basic ${tokenOf('reader')}` }],
  ])('a request is a 401 that tells nothing: %s', async (_what, headers) => {
    for (const query of [
      '{ calls { nodes { id } } }',
      '{ __schema { types { name } } }',
      '{ viewer { name } }',
      '{',
    ]) {
      const response = await post(query, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      const answer = (await response.json()) as GraphqlAnswer;
      expect(answer).toEqual({
        errors: [
          { message: expect.any(String), extensions: { code: 'AUTH_REQUIRED', remedy: expect.any(String) } },
        ],
      });
    }
  });

  test('a GET, a stream, a token in the address, and a control are 401 too', async () => {
    const query = encodeURIComponent('{ __schema { types { name } } }');
    const asked = [
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
    for (const response of await Promise.all(asked)) {
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });

  test('the page for a browser comes, and no answer with it', async () => {
    const query = encodeURIComponent('{ __schema { queryType { name } } }');
    const page = await fetch(it.url(`graphql?query=${query}`), { headers: { accept: 'text/html' } });
    const text = await page.text();
    expect(text).toContain('YogaGraphiQL.renderYogaGraphiQL(');
    expect(text).toContain('"subscriptionsProtocol":"SSE"');
    const sneaky = await fetch(it.url(`graphql?query=${query}`), {
      headers: { accept: 'application/json, text/html;q=0.1' },
    });
    expect(await sneaky.text()).not.toContain('"queryType"');
  });

  test.each([
    ['none', undefined],
    ['a wrong one', { authorization: 'Bearer wrong-wrong-wrong-wrong' }],
    ['one without its scheme', { authorization: tokenOf('reader') }],
    ['one under another name', { token: tokenOf('reader') }],
    ['no text', { authorization: 7 }],
  ])('a socket is closed with 4403: %s', async (_what, payload) => {
    const raw = await rawSocket(it.url('graphql'));
    raw.send({ type: 'connection_init', ...(payload && { payload }) });
    expect(await raw.closed).toEqual({ code: 4403, reason: 'Forbidden' });
  });

  test('what providers send is for their plugin to judge', async () => {
    expect((await fetch(it.url('providers/test/x'), { method: 'POST', body: '{}' })).status).toBe(200);
  });
});

describe('with a token', () => {
  test('the viewer is its owner, over HTTP and sockets, by payload, header and address', async () => {
    const viewer = { name: 'listener', scopes: ['READ', 'LISTEN'] };
    expect((await ask('listener', '{ viewer { name scopes } }')).data.viewer).toEqual(viewer);
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

  test('ADMIN brings the others', async () => {
    const { data } = await ask('admin', '{ viewer { scopes } }');
    expect(data.viewer.scopes).toEqual(['READ', 'LISTEN', 'CONTROL', 'ADMIN']);
  });

  test('what is asked is kept under its name', async () => {
    const callId = await aCall();
    await ask('admin', `mutation { endCall(input: { callId: "${callId}" }) { failure { code } } }`);
    const { data } = await ask('reader', '{ calls { nodes { commands { nodes { requestedBy } } } } }');
    expect(data.calls.nodes[0].commands.nodes).toEqual([{ requestedBy: 'admin' }]);
  });

  test('another set of tokens after a restart finds the same calls', async () => {
    const callId = await aCall();
    await it.daemon.stop();
    it = await startTestDaemon(dir, {
      auth: { tokens: [{ name: 'new', token: tokenOf('new'), scopes: ['read'] }] },
    });
    expect((await post('{ latestCursor }', bearer('reader'))).status).toBe(401);
    expect((await ask('new', '{ calls { nodes { id } } }')).data.calls.nodes).toEqual([{ id: callId }]);
  });
});

describe('a scope that is missing', () => {
  const forbidden = (path: unknown[], scope: string) => ({
    path,
    extensions: { code: 'FORBIDDEN', scope, remedy: expect.any(String) },
  });

  test('is an error that names it, and nothing is done', async () => {
    const callId = await aCall();
    const { errors } = await ask(
      'listener',
      `mutation { endCall(input: { callId: "${callId}" }) { failure { code } } }`,
    );
    expect(errors).toMatchObject([forbidden(['endCall'], 'CONTROL')]);
    const erased = await ask('steerer', `mutation { deleteCall(callId: "${callId}") }`);
    expect(erased.errors).toMatchObject([forbidden(['deleteCall'], 'ADMIN')]);
    expect(it.script.asked).toEqual([]);
    expect((await ask('reader', `{ call(id: "${callId}") { id } }`)).data.call).toEqual({ id: callId });
  });

  test('fails at its place alone, where the type lets it', async () => {
    const callId = await aCall();
    const { data, errors } = await ask(
      'reader',
      `{ call(id: "${callId}") { levels { rmsDb } } latestCursor viewer { name } }`,
    );
    expect(errors).toMatchObject([forbidden(['call', 'levels'], 'LISTEN')]);
    expect(data).toMatchObject({ call: null, latestCursor: expect.any(String), viewer: { name: 'reader' } });
  });

  test('shows a call to whoever steers it, but not what is in it', async () => {
    const callId = await aCall();
    const { data, errors } = await ask(
      'steerer',
      `mutation { endCall(input: { callId: "${callId}" }) { command { status call { id } } call { id transcriptText } } }`,
    );
    expect(data.endCall).toEqual({ command: { status: 'ACCEPTED', call: { id: callId } }, call: null });
    expect(errors).toMatchObject([forbidden(['endCall', 'call', 'transcriptText'], 'READ')]);
    expect((await ask('steerer', '{ calls { totalCount } }')).errors).toMatchObject([
      forbidden(['calls'], 'READ'),
    ]);
  });

  test('keeps a subscription from beginning, over a socket and over SSE', async () => {
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

  test('lets in a subscription that it does not concern', async () => {
    const raw = await ackedSocket(it.url('graphql'), bearer('listener'));
    raw.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { audioLevels { at } }' } });
    await until(() => it.daemon.parts.resolve(parts.DEMAND).size === 1, 'the subscription is there');
  });

  test('is a 403 at the address of control', async () => {
    const control = (name: string) =>
      fetch(it.url('calls/call_x/control'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(name) },
        body: '{"type":"end-call"}',
      });
    const refused = await control('listener');
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { code: 'FORBIDDEN', scope: 'CONTROL' },
    ]);
    expect((await control('steerer')).status).toBe(404);
  });
});

test('sockets are counted for whoever opened them, once that is known', async () => {
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
    'another is let in',
  );
  expect(other.socket.readyState).toBe(other.socket.OPEN);
});

test('no token is in any line of the log', async () => {
  await aCall();
  await post('{ latestCursor }', { authorization: 'Bearer wrong-wrong-wrong-wrong' });
  const raw = await rawSocket(it.url('graphql'), { path: `?token=${tokenOf('reader')}x` });
  raw.send({ type: 'connection_init', payload: bearer('nobody') });
  await raw.closed;
  await ackedSocket(it.url('graphql'), bearer('reader'));
  expect(it.lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(it.lines)).not.toMatch(/token-of-|wrong-wrong/);
});
