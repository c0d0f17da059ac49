/** Who listens to a call and who watches it. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

const PRESENCE = 'query ($id: ID!) { call(id: $id) { listeners { name since } viewers { name since } } }';
const presenceOf = async (id: string) => (await it.query(PRESENCE, { id })).data.call;

test('lists the listeners of a call as long as they listen', async () => {
  const id = await it.aCall();
  expect(await presenceOf(id)).toEqual({ listeners: [], viewers: [] });
  const sockets = [1, 2].map(() => new WebSocket(it.url(`calls/${id}/listen`).replace('http', 'ws')));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const { listeners } = await presenceOf(id);
  expect(listeners).toMatchObject([{ name: 'local' }, { name: 'local' }]);
  expect(Date.parse(listeners[0].since)).not.toBeNaN();
  for (const socket of sockets) socket.terminate();
  await until(async () => (await presenceOf(id)).listeners.length === 0, 'no client listens');
});

test('lists a client with subscriptions to a call once, and not one that follows all calls', async () => {
  const id = await it.aCall();
  const all = it.subscribe('subscription { callEvents { cursor } }');
  const next = nextOf(all);
  await until(() => it.readers() === 1, 'all calls are followed');
  expect((await presenceOf(id)).viewers).toEqual([]);
  const feeds = ['callEvents(callId: $id) { cursor }', 'transcript(callId: $id) { cursor }'].map((field) =>
    it.subscribe(`subscription ($id: ID!) { ${field} }`, { id }),
  );
  const items = feeds.map((feed) => nextOf(feed));
  await until(async () => (await presenceOf(id)).viewers.length === 1, 'the client watches');
  await until(() => it.readers() === 3, 'both subscriptions started');
  expect((await presenceOf(id)).viewers).toMatchObject([{ name: 'local' }]);
  it.emit(numberedUtterance(0));
  await Promise.all([...items, next]);
  await feeds[0]!.return!();
  expect((await presenceOf(id)).viewers.length).toBe(1);
  await feeds[1]!.return!();
  await until(async () => (await presenceOf(id)).viewers.length === 0, 'no client watches');
});
