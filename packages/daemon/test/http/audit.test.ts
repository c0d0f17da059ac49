/** The audit log of a daemon: sign-ins, tokens and listening, over restarts. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { viewerOf } from '../../src/access/viewer.ts';
import { openAuditReader } from '../../src/store/audit/reader.ts';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
const TOKEN = 'token-of-ada-0123456789';
const auth = { tokens: [{ name: 'ada', token: TOKEN, scopes: ['admin'] }] };
let count = 0;
let dir: string;
let it: TestDaemon;

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir, { auth });
});

function entries(callId?: string) {
  const reader = openAuditReader(join(dir, 'test.db'));
  expect(reader.verify()).toMatchObject({ intact: true });
  const all = [...reader.entries(callId === undefined ? {} : { callId })];
  reader.close();
  return all;
}

async function post(token: string, query = '{ viewer { name } }'): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  await response.text();
  return response.status;
}

test('has one entry for all wrong tokens of an address, and none for a missing or valid one', async () => {
  const guesses = 200;
  for (let i = 0; i < guesses; i++) expect(await post(`guess-number-${i}-0123456789`)).not.toBe(200);
  expect(await post(TOKEN)).toBe(200);
  expect((await fetch(it.url('graphql?query={viewer{name}}'))).status).toBe(401);
  await it.daemon.stop();
  const failed = entries().filter(({ action }) => action === 'SIGN_IN_FAILED');
  expect(failed).toMatchObject([
    { by: '-', details: { address: '127.0.0.1', failures: guesses, entrance: 'GRAPHQL' } },
  ]);
  expect(readFileSync(join(dir, 'test.db')).includes('guess-number-7')).toBe(false);
});

test('has an entry when the tokens change between two starts', async () => {
  const changes = () => entries().filter(({ action }) => action === 'TOKENS_CHANGED');
  const scopes = ['ADMIN'];
  expect(changes()).toMatchObject([{ by: 'daemon', details: { added: [{ name: 'ada', scopes }] } }]);
  await it.daemon.stop();
  it = await startTestDaemon(dir, { auth });
  expect(changes()).toHaveLength(1);
  await it.daemon.stop();
  it = await startTestDaemon(dir, {
    auth: { tokens: [{ name: 'grace', token: TOKEN, scopes: ['read'] }] },
  });
  expect(changes()[1]).toMatchObject({
    details: { added: [{ name: 'grace', scopes: ['READ'] }], removed: [{ name: 'ada', scopes }] },
  });
  expect(readFileSync(join(dir, 'test.db')).includes(TOKEN)).toBe(false);
});

test('marks listening by a signed URL', async () => {
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  await it.committed();
  const callId = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!.id;
  const path = `/calls/${callId}/listen`;
  const { query } = it.daemon.parts.resolve(tokens.MEDIA_LINKS).sign(path, viewerOf('ada', ['LISTEN']), 300);
  const socket = new WebSocket(it.url(`${path.slice(1)}?${query}`).replace('http', 'ws'));
  await new Promise((resolve) => socket.once('open', resolve));
  await until(() => entries(callId).length === 1, 'the start is stored');
  expect(entries(callId)).toMatchObject([
    { action: 'LISTENING_STARTED', by: 'ada', details: { isByLink: true } },
  ]);
  socket.terminate();
});

test('has the start and the end of live listening, also after the call was erased', async () => {
  it.emit(event('call.status', { status: 'IN_PROGRESS' }, { at: Date.now() }));
  await it.committed();
  const callId = it.daemon.parts.resolve(tokens.CALL_REGISTRY).live()[0]!.id;
  const socket = new WebSocket(it.url(`calls/${callId}/listen`).replace('http', 'ws'), {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  await new Promise((resolve) => socket.once('open', resolve));
  await until(() => entries(callId).length === 1, 'the start is stored');
  socket.close();
  await until(() => entries(callId).length === 2, 'the end is stored');
  it.emit(event('call.ended', { end: { category: 'BUSY' } }, { at: Date.now() }));
  await it.committed();
  expect(await post(TOKEN, `mutation { eraseCall(callId: "${callId}") { status } }`)).toBe(200);
  expect(entries(callId).map(({ action, by }) => [action, by])).toEqual([
    ['LISTENING_STARTED', 'ada'],
    ['LISTENING_STOPPED', 'ada'],
    ['ERASE', 'ada'],
  ]);
});

test('is read through the API by a client with the scope admin, newest first', async () => {
  const query = async (text: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
    const body = JSON.stringify({ query: text });
    const response = await fetch(it.url('graphql'), { method: 'POST', headers, body });
    return (await response.json()) as { data: unknown };
  };
  expect(await post('guess-0123456789-0123456789')).toBe(401);
  await query('mutation { createToken(input: { name: "bob", scopes: [READ] }) { token } }');
  const fields = 'nodes { by action outcome details } pageInfo { hasNextPage }';
  expect((await query(`{ auditLog(first: 1, filter: { by: ["ada"] }) { ${fields} } }`)).data).toEqual({
    auditLog: {
      nodes: [
        {
          by: 'ada',
          action: 'TOKEN_CREATED',
          outcome: 'DONE',
          details: { name: 'bob', scopes: ['READ'], expiresAt: null },
        },
      ],
      pageInfo: { hasNextPage: false },
    },
  });
});
