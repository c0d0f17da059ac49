/** `limits.responseBytes`, on every transport. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { nextOf, startTestDaemon, until, type TestDaemon } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { ackedSocket } from '../support/raw-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

let it: TestDaemon;
beforeEach(async () => {
  const dir = join(tempDir(), 'size');
  mkdirSync(dir);
  it = await startTestDaemon(dir, { limits: { responseBytes: 50_000 } });
  for (let i = 0; i < 4; i++) {
    it.emit(event('utterance.final', { party: 'CUSTOMER', text: 'x'.repeat(10_000) }));
  }
  await it.committed();
});

const code = (answer: unknown): unknown =>
  (answer as { errors?: { extensions: { code: string } }[] }).errors?.map(
    ({ extensions }) => extensions.code,
  );

test('accepts a result below the limit', async () => {
  const { data } = await it.query('{ calls { nodes { transcriptText } } }');
  expect(data.calls.nodes[0].transcriptText.length).toBeGreaterThan(40_000);
});

test.each([
  ['the same text by another name', '{ calls { nodes { transcriptText other: transcriptText } } }'],
  [
    'texts in a nested list',
    '{ calls { nodes { a: utterances { nodes { text } } b: utterances { nodes { text } } } } }',
  ],
  [
    'non-null texts and ids',
    '{ calls { nodes { transcriptText utterances { nodes { id text call { id } } } } } }',
  ],
])('rejects %s with one error and no data', async (_name, query) => {
  const answer = await it.query(query);
  expect(code(answer)).toEqual(['LIMIT_RESPONSE_BYTES']);
  expect(answer.data ?? null).toBeNull();
  expect(JSON.stringify(answer).length).toBeLessThan(1000);
});

test('is the same over a WebSocket, and does not end the socket', async () => {
  const raw = await ackedSocket(it.url('graphql'));
  const query = '{ calls { nodes { transcriptText other: transcriptText } } }';
  raw.send({ id: '1', type: 'subscribe', payload: { query } });
  const { payload } = await raw.next();
  expect(code(payload)).toEqual(['LIMIT_RESPONSE_BYTES']);
  expect(payload).not.toHaveProperty('data');
  await raw.next();
  raw.send({ id: '2', type: 'subscribe', payload: { query: '{ latestCursor }' } });
  expect(await raw.next()).toMatchObject({ id: '2', type: 'next', payload: { data: {} } });
});

test('counts each event of a subscription for itself', async () => {
  const subscription = it.subscribe(
    'subscription { callEvents(types: [UTTERANCE_FINALIZED]) { ... on UtteranceFinalized { utterance { a: text b: text c: text d: text } } } }',
  );
  const next = nextOf(subscription);
  await until(() => it.readers() === 1, 'the subscription started');
  const emit = (bytes: number): void =>
    it.emit(event('utterance.final', { party: 'CUSTOMER', text: 'y'.repeat(bytes) }));
  for (const bytes of [10_000, 11_000, 14_000, 10_000]) emit(bytes);
  const results = [
    await next,
    await nextOf(subscription),
    await nextOf(subscription),
    await nextOf(subscription),
  ];
  expect(results.map(code)).toEqual([undefined, undefined, ['LIMIT_RESPONSE_BYTES'], undefined]);
  await subscription.return?.();
});
