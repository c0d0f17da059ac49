/** A daemon without access tokens behind a proxy that rewrites the Host header. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
const start = (settings: Record<string, unknown> = {}): Promise<TestDaemon> => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return startTestDaemon(dir, settings);
};

const headers = { 'x-forwarded-for': '203.0.113.9' };
const WARNING = 'access is not verified: other machines can reach this daemon and auth.unverified is set';

let it: TestDaemon;
beforeEach(async () => void (it = await start()));

test.each([
  ['GET', 'graphql?query={calls{nodes{from}}}'],
  ['POST', 'graphql'],
  ['POST', 'calls/x/control'],
  ['GET', 'calls/x/recording.wav'],
])('rejects a forwarded request: %s /%s', async (method, path) => {
  const response = await fetch(it.url(path), {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(method === 'POST' && { body: '{}' }),
  });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('auth.tokens');
});

test.each(['graphql', 'calls/x/listen'])('rejects a forwarded socket: /%s', async (path) => {
  const socket = new WebSocket(it.url(path).replace('http', 'ws'), 'graphql-transport-ws', { headers });
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('error', () => undefined);
  });
  socket.terminate();
  expect(status).toBe(403);
});

test('accepts forwarded requests of providers', async () => {
  it.script.answer = async () => ({ status: 202 });
  expect((await fetch(it.url('providers/test/x'), { headers })).status).toBe(202);
});

test('logs a warning at the start, and accepts forwarded requests, if auth.unverified is true', async () => {
  expect(it.lines.filter(({ message }) => message === WARNING)).toEqual([]);
  it = await start({
    server: { port: 0, publicUrl: 'https://calls.example.com' },
    auth: { unverified: true },
  });
  expect(it.lines.filter(({ level }) => level === 'warn')).toMatchObject([{ message: WARNING }]);
  expect((await fetch(it.url('graphql?query={viewer{name}}'), { headers })).status).toBe(200);
});
