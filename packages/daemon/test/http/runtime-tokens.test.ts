/** Access tokens that are created and revoked while the daemon runs. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { providerCallId } from '@sidetone/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CLOSE_DELAY_MS } from '../../src/access/tokens/token-registry.ts';
import { openTokenFile } from '../../src/store/tokens/token-file.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const OPS = 'ops-xxxxxxxxxxxxxxxxxxxx';
const CREATE =
  'mutation ($input: CreateTokenInput!) { createToken(input: $input) { token accessToken { name scopes source state createdBy expiresAt } } }';

let it: TestDaemon;
const root = tempDir();
let count = 0;
let dir: string;
beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth: { tokens: [{ name: 'ops', token: OPS, scopes: ['admin'] }] } });
});

/** The fields of the response that the tests read. */
interface Data {
  readonly viewer: {
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expiresAt: string | null;
  };
  readonly createToken: { readonly token: string };
  readonly revokeToken: { readonly state: string };
  readonly tokens: readonly { readonly name: string; readonly state: string }[];
  readonly calls: { readonly nodes: readonly { readonly id: string }[] };
  readonly call: { readonly signedListenUrl: { readonly url: string } };
}

interface Answer {
  readonly data?: Data;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

async function ask(secret: string, query: string, variables: object = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
  const body = JSON.stringify({ query, variables });
  return (await (await fetch(it.url('graphql'), { method: 'POST', headers, body })).json()) as Answer;
}

const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code;

async function create(name: string, scopes: string[] = ['READ']): Promise<string> {
  const { data } = await ask(OPS, CREATE, { input: { name, scopes } });
  return data!.createToken.token;
}

const revoke = (name: string): Promise<Answer> =>
  ask(OPS, `mutation { revokeToken(name: "${name}") { state } }`);

test('a viewer knows when its token expires', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const { data } = await ask(OPS, CREATE, { input: { name: 'ada', scopes: ['READ'], expiresAt } });
  const { token } = data!.createToken;
  expect((await ask(token, '{ viewer { expiresAt } }')).data!.viewer).toEqual({ expiresAt });
  expect((await ask(OPS, '{ viewer { expiresAt } }')).data!.viewer).toEqual({ expiresAt: null });
});

describe('a token that is created through the API', () => {
  test('works at once, is listed without its secret, and its use is shown', async () => {
    const secret = await create('ada', ['READ', 'LISTEN']);
    expect((await ask(secret, '{ viewer { name scopes } }')).data).toEqual({
      viewer: { name: 'ada', scopes: ['READ', 'LISTEN'] },
    });
    const { data } = await ask(OPS, '{ tokens { name source state createdBy lastUsedAt } }');
    expect(data).toEqual({
      tokens: [
        {
          name: 'ops',
          source: 'CONFIGURATION',
          state: 'ACTIVE',
          createdBy: null,
          lastUsedAt: expect.any(String),
        },
        {
          name: 'ada',
          source: 'DATABASE',
          state: 'ACTIVE',
          createdBy: 'ops',
          lastUsedAt: expect.any(String),
        },
      ],
    });
  });

  test('needs the scope admin to be made, seen or revoked', async () => {
    const secret = await create('ada', ['READ', 'LISTEN', 'CONTROL']);
    for (const query of ['{ tokens { name } }', 'mutation { revokeToken(name: "ada") { state } }'])
      expect(codeOf(await ask(secret, query))).toBe('FORBIDDEN');
    expect(codeOf(await ask(secret, CREATE, { input: { name: 'eve', scopes: ['ADMIN'] } }))).toBe(
      'FORBIDDEN',
    );
  });

  test('outlives a restart', async () => {
    const secret = await create('ada');
    await it.daemon.stop();
    it = await startTestDaemon(dir, { auth: { tokens: [{ name: 'ops', token: OPS, scopes: ['admin'] }] } });
    expect((await ask(secret, '{ viewer { name } }')).data).toEqual({ viewer: { name: 'ada' } });
  });

  test('that is revoked is unknown, and its socket and its stream of events are closed', async () => {
    const secret = await create('ada');
    const socket = new WebSocket(it.url('graphql').replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    const acknowledged = once(socket, 'message');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${secret}` } }));
    await acknowledged;
    const stream = await fetch(it.url('graphql'), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${secret}`,
      },
      body: JSON.stringify({ query: 'subscription { liveCalls { __typename } }' }),
    });
    const reader = stream.body!.getReader();
    await reader.read();
    const closed = once(socket, 'close');
    const readToEnd = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    const ended = readToEnd().catch(() => undefined);
    expect((await revoke('ada')).data).toEqual({ revokeToken: { state: 'REVOKED' } });
    expect(codeOf(await ask(secret, '{ viewer { name } }'))).toBe('AUTH_REQUIRED');
    const [[code, reason]] = await Promise.all([closed, ended]);
    expect([code, String(reason)]).toEqual([4403, 'AUTH_REQUIRED']);
    expect(codeOf(await revoke('ada'))).toBe('TOKEN_NOT_FOUND');
    expect(codeOf(await revoke('ops'))).toBe('TOKEN_CONFIGURED');
  });

  test('that is revoked no longer listens, whichever way it was sent', async () => {
    const secret = await create('ada', ['READ', 'LISTEN']);
    it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
    it.script.host.openStream({
      providerCallId: providerCallId('their-call'),
      encoding: 'pcm_s16le',
      sampleRate: 8000,
      parties: ['CUSTOMER', 'ASSISTANT'],
    });
    await it.committed();
    const callId = (await ask(OPS, '{ calls { nodes { id } } }')).data!.calls.nodes[0]!.id;
    const link = 'query ($id: ID!) { call(id: $id) { signedListenUrl { url } } }';
    const { signedListenUrl } = (await ask(secret, link, { id: callId })).data!.call;
    const address = it.url(`calls/${callId}/listen`).replace('http', 'ws');
    const listen = async (url: string, headers: Record<string, string> = {}) => {
      const socket = new WebSocket(url, { headers });
      await once(socket, 'open');
      return { socket, closed: once(socket, 'close') };
    };
    const header = (token: string) => ({ authorization: `Bearer ${token}` });
    const others = await listen(address, header(OPS));
    const revoked = [
      await listen(address, header(secret)),
      await listen(`${address}?token=${secret}`),
      await listen(signedListenUrl.url),
    ];
    await revoke('ada');
    const codes = await Promise.all(revoked.map(async ({ closed }) => (await closed)[0] as number));
    expect(codes).toEqual([4403, 4403, 4403]);
    expect(others.socket.readyState).toBe(WebSocket.OPEN);
    expect(CLOSE_DELAY_MS).toBeLessThan(1000);
    others.socket.terminate();
  });

  test('may revoke itself, and receives the response', async () => {
    const secret = await create('ada', ['ADMIN']);
    const { data } = await ask(secret, 'mutation { revokeToken(name: "ada") { state } }');
    expect(data).toEqual({ revokeToken: { state: 'REVOKED' } });
  });
});

test('a token that is stored in the database file while the daemon runs is noticed, as is its revocation', async () => {
  const file = openTokenFile(join(dir, 'test.db'));
  const secret = await file.create({ name: 'ada', scopes: ['READ'], expiresAt: null }, Date.now());
  const stateOf = async (): Promise<string | undefined> => {
    const { data } = await ask(OPS, '{ tokens { name state } }');
    return data!.tokens.find(({ name }) => name === 'ada')?.state;
  };
  await until(async () => (await stateOf()) === 'ACTIVE', 'the token is known');
  expect((await ask(secret, '{ viewer { name } }')).data).toEqual({ viewer: { name: 'ada' } });
  await file.revoke('ada', Date.now());
  await file.close();
  await until(async () => (await stateOf()) === 'REVOKED', 'the token is revoked');
  expect(codeOf(await ask(secret, '{ viewer { name } }'))).toBe('AUTH_REQUIRED');
});
