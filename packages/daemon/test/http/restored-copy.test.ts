/** Clients with cursors from before an earlier copy of the database was restored. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { nextOf, startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;
let callId: string;
/** Of an event that the copy contains, and of one that it does not contain. */
let kept: string;
let lost: string;

function copyDatabase(from: string, to: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    const target = join(to, `test.db${suffix}`);
    rmSync(target, { force: true });
    if (suffix !== '-shm' && existsSync(join(from, `test.db${suffix}`)))
      copyFileSync(join(from, `test.db${suffix}`), target);
  }
}

async function write(...numbers: number[]): Promise<string> {
  for (const number of numbers) it.emit(numberedUtterance(number));
  await it.committed();
  return (await it.query('{ latestCursor }')).data.latestCursor as string;
}

/** Restores a copy, and writes more events than the copy lacks. */
beforeEach(async () => {
  const dir = join(root, String(count++));
  const backup = join(dir, 'backup');
  mkdirSync(backup, { recursive: true });
  it = await startTestDaemon(dir);
  callId = await it.aCall();
  kept = await write(1, 2);
  copyDatabase(dir, backup);
  lost = await write(3, 4);
  await it.daemon.stop();
  copyDatabase(backup, dir);
  it = await startTestDaemon(dir);
  await write(5, 6, 7, 8, 9);
});

const REPLACED = [
  { extensions: { code: 'CURSOR_LOG_REPLACED', remedy: expect.stringContaining('latestCursor') } },
];

describe.each([
  [
    'callEvents',
    'subscription ($after: Cursor) { callEvents(after: $after, types: [UTTERANCE_FINALIZED]) { cursor } }',
  ],
  [
    'transcript',
    'subscription ($id: ID!, $after: Cursor) { transcript(callId: $id, after: $after) { cursor utterance { text } } }',
  ],
])('%s over a WebSocket', (_name, query) => {
  test('rejects a cursor of an event that the copy lacks, and the socket stays open', async () => {
    const items = it.subscribe(query, { id: callId, after: lost });
    const errors = await nextOf(items).then(
      (result) => result.errors,
      (rejected: unknown) => rejected,
    );
    expect(errors).toMatchObject(REPLACED);
    expect((await nextOf(it.subscribe('{ latestCursor }'))).data.latestCursor).toBeTypeOf('string');
  });

  test('continues after a cursor of an event that the copy contains, without a gap', async () => {
    const items = it.subscribe(query, { id: callId, after: kept });
    for (let n = 0; n < 5; n++) expect((await nextOf(items)).errors).toBeUndefined();
    await items.return?.();
  });
});

test('a subscription over server-sent events rejects the cursor', async () => {
  const response = await fetch(it.url('graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription ($after: Cursor) { callEvents(after: $after) { type } }',
      variables: { after: lost },
    }),
  });
  expect(await response.text()).toContain('CURSOR_LOG_REPLACED');
});

test('the events of a call are paged after a cursor of the copy, and no other', async () => {
  const page = (after: string) =>
    it.query(
      `query ($id: ID!, $after: Cursor) { call(id: $id) { events(after: $after) { edges { cursor } } } }`,
      {
        id: callId,
        after,
      },
    );
  expect((await page(lost)).errors).toMatchObject(REPLACED);
  expect((await page(kept)).data.call.events.edges).toHaveLength(5);
});

test('a cursor in the text of a query is rejected too', async () => {
  const { errors } = await it.query(
    `{ call(id: "${callId}") { events(after: "${lost}") { edges { cursor } } } }`,
  );
  expect(errors).toMatchObject(REPLACED);
});

test('a client continues as the remedy says', async () => {
  const { latestCursor } = (await it.query('{ latestCursor }')).data as { latestCursor: string };
  const { calls } = (await it.query('{ calls { nodes { utterances { nodes { text } } } } }')).data as {
    calls: { nodes: { utterances: { nodes: { text: string }[] } }[] };
  };
  expect(calls.nodes.flatMap(({ utterances }) => utterances.nodes.map(({ text }) => text))).toEqual(
    [1, 2, 5, 6, 7, 8, 9].map((number) => `words ${number}`),
  );
  const items = it.subscribe(
    'subscription ($after: Cursor) { callEvents(after: $after, types: [UTTERANCE_FINALIZED]) { ... on UtteranceFinalized { utterance { text } } } }',
    { after: latestCursor },
  );
  const next = nextOf(items);
  await write(10);
  expect((await next).data.callEvents.utterance.text).toBe('words 10');
  await items.return?.();
});
