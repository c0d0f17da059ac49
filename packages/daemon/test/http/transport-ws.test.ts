/** Close codes of graphql-transport-ws, by frames that violate the protocol. */
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { ackedSocket, rawSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;

async function aDaemon(settings: Record<string, unknown> = {}): Promise<TestDaemon> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return startTestDaemon(dir, settings);
}

const subscribe = (query: string, id = '1') => ({ id, type: 'subscribe', payload: { query } });

describe('a socket is closed with', () => {
  let it: TestDaemon;

  test.each([
    ['invalid JSON', '{'],
    ['a message that is not an object', '[]'],
    ['a message without a type', '{}'],
    ['an unknown type', '{"type":"start"}'],
    ['a message of the server', '{"type":"next","id":"1","payload":{"data":null}}'],
    ['an operation without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['an operation without an id', '{"type":"subscribe","payload":{"query":"{ latestCursor }"}}'],
  ])('4400 for %s', async (_case, frame) => {
    it = await aDaemon();
    const raw = await ackedSocket(it.url('graphql'));
    raw.send(frame);
    expect((await raw.closed).code).toBe(4400);
  });

  test('4401 for an operation before connection_init', async () => {
    it = await aDaemon();
    const raw = await rawSocket(it.url('graphql'));
    raw.send(subscribe('{ latestCursor }'));
    expect(await raw.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  test('4408 without connection_init', async () => {
    it = await aDaemon({ limits: { connectionInitMs: 50 } });
    const raw = await rawSocket(it.url('graphql'));
    expect(await raw.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test('4409 for an id that is in use', async () => {
    it = await aDaemon();
    const raw = await ackedSocket(it.url('graphql'));
    raw.send(subscribe('subscription { callEvents { cursor } }'));
    raw.send(subscribe('subscription { callEvents { cursor } }'));
    expect(await raw.closed).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
  });

  test('4429 for a second connection_init', async () => {
    it = await aDaemon();
    const raw = await ackedSocket(it.url('graphql'));
    raw.send({ type: 'connection_init' });
    expect(await raw.closed).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
  });

  test('4406 without the protocol', async () => {
    it = await aDaemon();
    const raw = await rawSocket(it.url('graphql'), { protocol: '' });
    expect((await raw.closed).code).toBe(4406);
  });

  test('1009 for a message above the limit', async () => {
    it = await aDaemon({ limits: { socketMessageBytes: 2048 } });
    const raw = await ackedSocket(it.url('graphql'));
    raw.send(subscribe(`{ latestCursor } # ${'x'.repeat(10_000_000)}`));
    expect((await raw.closed).code).toBe(1009);
    expect((await it.query('{ latestCursor }')).errors).toBeUndefined();
  });

  test('1001 when the daemon stops', async () => {
    it = await aDaemon();
    const raw = await ackedSocket(it.url('graphql'));
    await it.daemon.stop();
    expect(await raw.closed).toEqual({ code: 1001, reason: 'Going away' });
  });
});

test('returns an error for an invalid query, and the socket stays open', async () => {
  const it = await aDaemon();
  const raw = await ackedSocket(it.url('graphql'));
  for (const query of ['{', '{ nothing }', 'query A { latestCursor } query B { latestCursor }']) {
    raw.send(subscribe(query));
    const { type, payload } = await raw.next();
    expect([type, payload]).toEqual(['error', [expect.objectContaining({ message: expect.any(String) })]]);
    expect(JSON.stringify(payload)).not.toContain('http');
  }
  raw.send(subscribe('{ latestCursor }'));
  expect(await raw.next()).toMatchObject({
    type: 'next',
    payload: { data: { latestCursor: expect.any(String) } },
  });
  expect(await raw.next()).toEqual({ id: '1', type: 'complete' });
});

test('answers a ping', async () => {
  const it = await aDaemon();
  const raw = await ackedSocket(it.url('graphql'));
  raw.send({ type: 'ping', payload: { n: 1 } });
  expect(await raw.next()).toEqual({ type: 'pong', payload: { n: 1 } });
});

test('a socket that does not answer pings is terminated, others stay open', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const it = await aDaemon();
    const silent = await rawSocket(it.url('graphql'), { options: { autoPong: false } });
    silent.send({ type: 'connection_init' });
    await silent.next();
    const other = await ackedSocket(it.url('graphql'));
    const pinged = new Promise((resolve) => other.socket.once('ping', resolve));
    vi.advanceTimersByTime(12_000);
    await pinged;
    await until(async () => {
      // Our pong is processed before the daemon answers a later message.
      other.send({ type: 'ping' });
      await other.next();
      vi.advanceTimersByTime(12_000);
      return silent.socket.readyState === silent.socket.CLOSED;
    }, 'the silent socket is terminated');
    expect(other.socket.readyState).toBe(other.socket.OPEN);
  } finally {
    vi.useRealTimers();
  }
});

test('does not count failed upgrades', async () => {
  const it = await aDaemon({ limits: { connections: 1 } });
  for (let i = 0; i < 3; i++) {
    const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '99' };
    const status = await new Promise((resolve, reject) => {
      const outgoing = request(it.url('graphql'), { headers }, (response) =>
        resolve(response.resume().statusCode),
      );
      outgoing.on('error', reject).end();
    });
    expect(status).toBe(400);
  }
  await until(
    () =>
      ackedSocket(it.url('graphql')).then(
        () => true,
        () => false,
      ),
    'a connection is accepted',
  );
});

test('does not count terminated sockets', async () => {
  const it = await aDaemon({ limits: { connections: 2 } });
  for (let i = 0; i < 6; i++) {
    const raw = await rawSocket(it.url('graphql'));
    raw.socket.terminate();
    await until(() => raw.socket.readyState === raw.socket.CLOSED, 'the socket is closed');
  }
  await until(async () => {
    const raw = await ackedSocket(it.url('graphql')).catch(() => undefined);
    raw?.socket.terminate();
    return raw !== undefined;
  }, 'another connection is accepted');
});
