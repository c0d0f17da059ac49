/** Unexpected errors are masked, wherever they occur: the client receives an id that is in the log. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { numberedUtterance } from '../support/harness.ts';
import { ackedSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
});

const broken = (): never => {
  throw new Error('select secret from calls');
};

const FEEDS = {
  'when a subscription starts': broken,
  'when a subscription starts, asynchronously': () => Promise.reject(new Error('select secret from calls')),
  'while a subscription is active': () => ({
    next: () => Promise.reject(new Error('select secret from calls')),
    return: async () => ({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  }),
};

const query = 'subscription { callEvents { type } }';

/** Compares the error that a client received with the log. */
function expectMasked(received: string): void {
  expect(received).toContain('internal server error');
  expect(received).not.toContain('secret');
  const id = /"id":"([0-9a-f]{12})"/.exec(received)?.[1];
  const line = it.lines.find(({ fields }) => fields['id'] === id);
  expect([line?.level, line?.fields['reason']]).toEqual(['error', 'select secret from calls']);
}

test.each(Object.entries(FEEDS))(
  'masks an error %s over a WebSocket, which stays open',
  async (_case, feed) => {
    it.daemon.parts.resolve(tokens.FEEDS).records = feed as never;
    const raw = await ackedSocket(it.url('graphql'));
    raw.send({ id: 'op', type: 'subscribe', payload: { query } });
    expectMasked(JSON.stringify((await raw.next())['payload']));
    raw.send({ id: 'fine', type: 'subscribe', payload: { query: '{ latestCursor }' } });
    let message = await raw.next();
    while (message['id'] !== 'fine') message = await raw.next();
    expect(message).toMatchObject({ type: 'next', payload: { data: {} } });
  },
);

test.each(Object.entries(FEEDS))('masks an error %s over SSE, which ends', async (_case, feed) => {
  it.daemon.parts.resolve(tokens.FEEDS).records = feed as never;
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  });
  expectMasked(await response.text());
});

test('masks an error in a field of an event, and the subscription continues', async () => {
  const history = it.daemon.parts.resolve(tokens.HISTORY);
  history.commands = () => Promise.reject(new Error('select secret from calls'));
  const raw = await ackedSocket(it.url('graphql'));
  const failing = 'subscription { callEvents { call { commands { nodes { id } } } } }';
  raw.send({ id: 'a', type: 'subscribe', payload: { query: failing } });
  raw.send({ id: 'b', type: 'subscribe', payload: { query: '{ latestCursor }' } });
  await raw.next();
  await raw.next();
  it.emit(numberedUtterance(1));
  for (let i = 0; i < 2; i++) {
    const { type, payload } = await raw.next();
    expect(type).toBe('next');
    expectMasked(JSON.stringify(payload));
  }
});
