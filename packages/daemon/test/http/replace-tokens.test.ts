/** Access tokens that are replaced while the daemon runs. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { AccessToken } from '../../src/access/access-tokens.ts';
import * as tokens from '../../src/tokens.ts';
import { databaseOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const secretOf = (name: string, version = 1): string => `${name}-${'x'.repeat(16)}-${version}`;
const tokenOf = (
  name: string,
  version = 1,
  scopes: AccessToken['scopes'] = ['READ', 'LISTEN'],
): AccessToken => ({
  name,
  sha256: createHash('sha256').update(secretOf(name, version)).digest('hex'),
  scopes,
});
const configured = (name: string) => ({ name, token: secretOf(name), scopes: ['read', 'listen'] });

let it: TestDaemon;
const root = tempDir();
let count = 0;
let dir: string;
beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth: { tokens: [configured('alice'), configured('bob')] } });
});

async function statusOf(secret: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
  const body = JSON.stringify({ query: '{ viewer { name scopes } }' });
  const response = await fetch(it.url('graphql'), { method: 'POST', headers, body });
  const { data } = (await response.json()) as { data?: { viewer: { name: string; scopes: string[] } } };
  return data ? `${data.viewer.name} ${data.viewer.scopes.join()}` : String(response.status);
}

interface Subscribed {
  readonly isOpen: () => boolean;
  readonly closeCode: () => number;
  readonly dispose: () => unknown;
}

/** Opens a subscription. Returns how its socket was closed, while it is. */
async function subscribe(secret: string): Promise<Subscribed> {
  let isOpen = false;
  let closeCode = 0;
  const client = createClient({
    url: `${it.url('graphql').replace('http', 'ws')}`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    connectionParams: { authorization: `Bearer ${secret}` },
    onNonLazyError: () => undefined,
    on: {
      connected: () => (isOpen = true),
      closed(event) {
        isOpen = false;
        closeCode = (event as { code: number }).code;
      },
    },
  });
  await until(() => isOpen, 'the socket is open');
  return { isOpen: () => isOpen, closeCode: () => closeCode, dispose: () => client.dispose() };
}

describe('after the tokens were replaced', () => {
  test('new ones are valid at once, and removed ones are not', async () => {
    expect(await statusOf(secretOf('carol'))).toBe('401');
    await it.daemon.replaceTokens([tokenOf('bob'), tokenOf('carol', 1, ['READ'])]);
    expect(await statusOf(secretOf('alice'))).toBe('401');
    expect(await statusOf(secretOf('bob'))).toBe('bob READ,LISTEN');
    expect(await statusOf(secretOf('carol'))).toBe('carol READ');
  });

  test.each([
    ['was removed', 4403, []],
    ['has another secret', 4403, [tokenOf('alice', 2)]],
    // Its client connects again.
    ['has other scopes', 1012, [tokenOf('alice', 1, ['READ'])]],
  ])('the sockets of one that %s are closed with %i, and others stay open', async (_case, code, alice) => {
    const [hers, his] = [await subscribe(secretOf('alice')), await subscribe(secretOf('bob'))];
    await it.daemon.replaceTokens([...alice, tokenOf('bob')]);
    await until(() => !hers.isOpen(), 'the socket of a revoked token is closed');
    expect([hers.closeCode(), his.isOpen()]).toEqual([code, true]);
    await his.dispose();
  });

  test('a stream of events over HTTP of a removed one ends', async () => {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${secretOf('alice')}`,
    };
    const body = JSON.stringify({ query: 'subscription { liveCalls { __typename } }' });
    const response = await fetch(it.url('graphql'), { method: 'POST', headers, body });
    const reader = response.body!.getReader();
    await reader.read();
    await it.daemon.replaceTokens([tokenOf('bob')]);
    const ended = async (): Promise<string> => {
      for (;;) if ((await reader.read()).done) return 'ended';
    };
    expect(await ended().catch(() => 'ended')).toBe('ended');
  });

  test('signed URLs of a removed one are invalid', async () => {
    const links = it.daemon.parts.resolve(tokens.MEDIA_LINKS);
    const link = links.sign('/calls/call_1/recording.wav', { name: 'alice', scopes: new Set() }, 300);
    const url = new URL(`/calls/call_1/recording.wav?${link.query}`, it.daemon.url);
    expect(links.viewer(url)?.name).toBe('alice');
    await it.daemon.replaceTokens([tokenOf('bob')]);
    expect((await fetch(url)).status).toBe(403);
  });

  test('the audit log has an entry', async () => {
    const log = databaseOf(it).db.$client;
    const count = (): number =>
      log.prepare("select count(*) from audit_log where action = 'TOKENS_CHANGED'").pluck().get() as number;
    const before = count();
    await it.daemon.replaceTokens([tokenOf('bob')]);
    await it.daemon.replaceTokens([tokenOf('bob')]);
    expect(count()).toBe(before + 1);
  });
});

test('a daemon without tokens that gets some closes the connections of the time before', async () => {
  await it.daemon.stop();
  it = await startTestDaemon(dir);
  const socket = new WebSocket(it.url('graphql').replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  const acknowledged = once(socket, 'message');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await acknowledged;
  const closed = once(socket, 'close');
  await it.daemon.replaceTokens([tokenOf('bob')]);
  await closed;
  expect(await statusOf(secretOf('alice'))).toBe('401');
});

test('the last token of a daemon that other machines can reach cannot be removed', async () => {
  await it.daemon.stop();
  const server = { port: 0, publicUrl: 'https://calls.example.com' };
  it = await startTestDaemon(dir, { server, providers: {}, auth: { tokens: [configured('alice')] } });
  await expect(it.daemon.replaceTokens([])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(await statusOf(secretOf('alice'))).toBe('alice READ,LISTEN');
});
