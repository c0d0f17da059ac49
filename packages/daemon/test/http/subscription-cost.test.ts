/** Costly subscriptions: all transports and shapes of a selection are charged, and other clients are not affected. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/system-clock.ts';
import * as tokens from '../../src/tokens.ts';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { numberedUtterance } from '../support/harness.ts';
import { ackedSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;

const TOKENS = [
  { name: 'costly', token: 'a-costly-token-of-sufficient-length', scopes: ['read'] },
  { name: 'other', token: 'another-token-of-sufficient-length', scopes: ['read'] },
];

async function aDaemon(
  limits: Record<string, unknown>,
  settings: Record<string, unknown> = {},
  clock?: Clock,
): Promise<TestDaemon> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  const it = await startTestDaemon(dir, { limits, ...settings }, clock);
  for (let i = 0; i < 30; i++) it.emit(numberedUtterance(i));
  await it.committed();
  return it;
}

const budgetOf = (it: TestDaemon) => it.daemon.parts.resolve(tokens.DELIVERY_BUDGET);

const event = (selection: string): string =>
  `subscription { callEvents(types: [UTTERANCE_FINALIZED]) { cursor ${selection} } }`;
const NODES = '{ nodes { id text party } }';

describe('an event of a subscription', () => {
  test.each([
    ['pages', `call { utterances(first: 30) ${NODES} }`],
    [
      'aliases',
      `call { a: utterances(first: 10) ${NODES} b: utterances(first: 10) ${NODES} c: utterances(first: 10) ${NODES} }`,
    ],
    ['nested lists', `call { utterances(first: 30) { nodes { call { utterances(first: 2) ${NODES} } } } }`],
    ['inline fragments', `call { ... on Call { utterances(first: 30) ${NODES} } }`],
    [
      'a type condition on the event',
      `... on UtteranceFinalized { call { utterances(first: 30) ${NODES} } }`,
    ],
  ])('with %s is charged', async (_shape, selection) => {
    const it = await aDaemon({ subscriptionCostPerSecond: 1000 });
    const iterator = it.subscribe(event(selection));
    for (let i = 0; i < 2; i++) void nextOf(iterator, 60_000).catch(() => undefined);
    await until(() => it.readers() === 1, 'subscribed');
    // Each costs more than 90 fields, and the budget of two seconds is 2,000.
    for (let i = 0; i < 30; i++) it.emit(numberedUtterance(100 + i));
    await until(() => budgetOf(it).delayed > 0, 'an event is delayed');
  });

  test('of cheap subscriptions is not delayed', async () => {
    const it = await aDaemon({});
    const one = await ackedSocket(it.url('graphql'));
    for (let i = 0; i < 50; i++) {
      one.send({ id: `${i}`, type: 'subscribe', payload: { query: event('position: cursor') } });
    }
    await until(() => it.readers() === 50, 'subscribed');
    for (let i = 0; i < 5; i++) {
      it.emit(numberedUtterance(100 + i));
      for (let n = 0; n < 50; n++) expect(await one.next()).toMatchObject({ type: 'next' });
    }
    expect(budgetOf(it).delayed).toBe(0);
  });
});

/** Costs more than eleven thousand fields. */
const COSTLY = event(
  `call { ${['a', 'b', 'c'].map((alias) => `${alias}: utterances(first: 30) { nodes { call { utterances(first: 30) ${NODES} } } }`).join(' ')} }`,
);
const CHEAP = event('type');

/** A clock whose elapsed time moves only when it is advanced, with timers that fire early. */
function steppedClock(): Clock & { advance(ms: number): void } {
  let elapsed = 1000;
  return {
    ...systemClock,
    elapsed: () => elapsed,
    schedule: (ms, task) => systemClock.schedule(ms / 10, task),
    advance: (ms) => void (elapsed += ms),
  };
}

/** Subscribes over one transport. Returns the texts received so far. */
const TRANSPORTS: Record<string, (it: TestDaemon, query: string, token: string) => Promise<string[]>> = {
  async WebSocket(it, query, token) {
    const raw = await ackedSocket(it.url('graphql'), { authorization: `Bearer ${token}` });
    const received: string[] = [];
    raw.socket.on('message', (data: Buffer) => received.push(data.toString()));
    raw.send({ id: '1', type: 'subscribe', payload: { query } });
    return received;
  },
  async SSE(it, query, token) {
    const { body } = await fetch(it.url('graphql'), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query }),
    });
    const received: string[] = [];
    void (async () => {
      for await (const chunk of body!) {
        // The stream begins with a comment.
        const text = Buffer.from(chunk).toString();
        if (text.includes('data: {')) received.push(text);
      }
    })().catch(() => undefined);
    return received;
  },
};

const [costly, other] = TOKENS.map(({ token }) => token) as [string, string];
const LIMITS = { subscriptionCostPerSecond: 1000 };

describe.each(Object.entries(TRANSPORTS))('over %s', (_name, subscribe) => {
  test('a client that stays in debt receives a coded error, and the log names it', async () => {
    const clock = steppedClock();
    const it = await aDaemon(LIMITS, { auth: { tokens: TOKENS } }, clock);
    const received = await subscribe(it, COSTLY, costly);
    await until(() => it.readers() === 1, 'subscribed');
    for (let i = 0; i < 10; i++) it.emit(numberedUtterance(100 + i));
    await until(() => {
      clock.advance(100);
      return received.join('').includes('LIMIT_SUBSCRIPTION_COST');
    }, 'the subscription is ended');
    expect(received.join('')).toContain('Select fewer fields');
    await until(() => it.readers() === 0, 'the reader is released');
    const line = it.lines.find(({ fields }) => fields['code'] === 'LIMIT_SUBSCRIPTION_COST');
    expect(line).toMatchObject({ level: 'warn', fields: { client: expect.stringContaining('costly') } });
    expect(budgetOf(it).ended).toBe(1);
  });
});

test('all sockets and streams of a client share its budget, and those of another client are not delayed', async () => {
  const it = await aDaemon(LIMITS, { auth: { tokens: TOKENS } }, steppedClock());
  const { WebSocket: overSocket, SSE: overSse } = TRANSPORTS;
  const all = [
    await overSocket!(it, COSTLY, costly),
    await overSocket!(it, CHEAP, costly),
    await overSse!(it, CHEAP, costly),
  ];
  await until(() => it.readers() === 3, 'subscribed');
  it.emit(numberedUtterance(100));
  await until(() => all[0]!.length === 1, 'the costly event is delivered');

  const rest = await overSocket!(it, CHEAP, other);
  await until(() => it.readers() === 4, 'another client subscribed');
  for (let i = 0; i < 5; i++) it.emit(numberedUtterance(200 + i));
  await until(() => rest.length === 5, 'the other client receives all events');
  expect(all.map(({ length }) => length)).toEqual([1, 0, 0]);
  expect(budgetOf(it).delayed).toBe(3);
});
