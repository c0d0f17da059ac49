/** WebSockets whose clients have not signed in, against a daemon that requires access tokens. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as parts from '../../src/tokens.ts';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { ackedSocket, rawSocket, type RawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const TOKEN = 'token-of-admin-0123456789';
const auth = {
  tokens: [{ name: 'admin', sha256: createHash('sha256').update(TOKEN).digest('hex'), scopes: ['admin'] }],
};
const payload = { authorization: `Bearer ${TOKEN}` };
const DROPPED = { code: 1013, reason: 'LIMIT_CONNECTIONS' };

const root = tempDir();
let count = 0;

/** A network address can have half of the pending sockets. */
async function start(pendingSockets: number, trustedProxies: readonly string[] = []): Promise<TestDaemon> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  const limits = { pendingSockets, connectionInitMs: 60_000 };
  return startTestDaemon(dir, { auth, limits, server: { port: 0, trustedProxies } });
}

const pendingOf = (it: TestDaemon) => it.daemon.parts.resolve(parts.PENDING_SOCKETS);

const silentSockets = (it: TestDaemon, length: number, address?: string): Promise<RawSocket[]> =>
  Promise.all(
    Array.from({ length }, () =>
      rawSocket(
        it.url('graphql'),
        address === undefined ? {} : { options: { headers: { 'x-forwarded-for': address } } },
      ),
    ),
  );

test('idle sockets of the same address do not lock dashboards out', async () => {
  const it = await start(100);
  await silentSockets(it, 55);
  const dashboards = await Promise.all(
    Array.from({ length: 20 }, () => ackedSocket(it.url('graphql'), payload)),
  );
  expect(dashboards).toHaveLength(20);
  const pending = pendingOf(it);
  await until(() => pending.size <= 50, 'the oldest sockets are closed');
  expect(pending.dropped).toBeGreaterThanOrEqual(5);
});

test('the oldest socket is closed with 1013, and logged once', async () => {
  const it = await start(4);
  const [first, second] = [await rawSocket(it.url('graphql')), await rawSocket(it.url('graphql'))];
  const [third] = [await rawSocket(it.url('graphql')), await rawSocket(it.url('graphql'))];
  expect([await first.closed, await second.closed]).toEqual([DROPPED, DROPPED]);
  expect(third.socket.readyState).toBe(third.socket.OPEN);
  expect([pendingOf(it).size, pendingOf(it).dropped]).toEqual([2, 2]);
  const lines = it.lines.filter(({ fields }) => fields['code'] === 'LIMIT_CONNECTIONS');
  expect(lines).toMatchObject([{ level: 'warn', fields: { address: '127.0.0.1', path: '/graphql' } }]);
});

test('sockets that have signed in are never closed for newer ones', async () => {
  const it = await start(4);
  const acked = [
    await ackedSocket(it.url('graphql'), payload),
    await rawSocket(it.url('graphql'), { path: `?token=${TOKEN}` }),
    await rawSocket(it.url('graphql'), { options: { headers: payload } }),
  ];
  await silentSockets(it, 10);
  await until(() => pendingOf(it).dropped === 8, 'the others are closed');
  expect(acked.map(({ socket }) => socket.readyState)).toEqual(acked.map(({ socket }) => socket.OPEN));
});

test('one address cannot exhaust the sockets of all', async () => {
  const it = await start(6, ['127.0.0.1']);
  const others = [
    ...(await silentSockets(it, 2, '203.0.113.2')),
    ...(await silentSockets(it, 1, '203.0.113.3')),
  ];
  await silentSockets(it, 20, '203.0.113.1');
  await silentSockets(it, 2, '203.0.113.4');
  await until(() => pendingOf(it).dropped === 19, 'the sockets of that address are closed');
  expect(others.map(({ socket }) => socket.readyState)).toEqual(others.map(({ socket }) => socket.OPEN));
});

test('a socket that was closed or whose token was rejected is not counted any more', async () => {
  const it = await start(4);
  const closed = await rawSocket(it.url('graphql'));
  const rejected = await rawSocket(it.url('graphql'));
  closed.socket.terminate();
  rejected.send({ type: 'connection_init' });
  expect((await rejected.closed).code).toBe(4403);
  await until(() => pendingOf(it).size === 0, 'no socket is pending');
  expect(pendingOf(it).dropped).toBe(0);
});

test('a socket whose client does not complete the closing handshake is terminated', async () => {
  const it = await start(4);
  const rejected = await rawSocket(it.url('graphql'));
  rejected.send({ type: 'connection_init' });
  rejected.socket.pause();
  await until(() => pendingOf(it).size === 0, 'the socket is terminated');
});
