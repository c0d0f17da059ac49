/** History threads, from their sources, with a real database file. */
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createHistory } from '../../../src/store/history/history.ts';
import { createThreadedRunner, type QueryRunner } from '../../../src/store/history/query-runner.ts';
import { startThreads } from '../../../src/store/history/threads.ts';
import { QUERY_TIMEOUT_MS } from '../../../src/store/history/query-queue.ts';

import { callRow, putCalls, putUtterance } from '../../support/rows.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = join(tempDir(), 'thread');
const PROGRAM = {
  module: new URL('../../fixtures/history-thread.mjs', import.meta.url),
  execArgv: ['--conditions=@sidetone/source'],
};
let database: Database;
let clock: FakeClock;
let lines: LogLine[];
let runner: QueryRunner;

beforeAll(() => {
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
});
afterAll(() => database.close());

beforeEach(() => {
  clock = createFakeClock();
  const { log, lines: written } = createTestLog();
  lines = written;
  runner = createThreadedRunner(startThreads({ path: database.db.$client.name }, PROGRAM), {
    clock,
    log: log('history'),
  });
});
afterEach(() => runner.close());

/** Inserts so many calls that a scan takes longer than a few turns of the event loop. */
function insertCalls(number: number): void {
  database.db.$client.exec(`
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${number})
    insert or ignore into calls (id, provider_id, provider_call_id, status, created_at, muted_parties, state)
    select 'call_many' || n, 'many', n, 'ENDED', n, '[]', '{}' from numbers`);
}

test('a query reflects everything stored before it', async () => {
  const history = createHistory(runner.run);
  for (let i = 0; i < 50; i++) {
    const call = callRow(`seen${i}`, { summary: `version ${i}` });
    putCalls(database.db, [call]);
    putUtterance(database.db, call.id, i + 1, `unique${i} text`);
    expect(await history.call(call.id)).toEqual(call);
    const { rows } = await history.search(`unique${i}`, {}, { limit: 1, backward: false });
    expect(rows[0]?.snippet).toBe(`[unique${i}] text`);
  }
});

test('long queries block neither the event loop nor quick queries', async () => {
  insertCalls(40_000);
  const history = createHistory(runner.run);
  // Starts both threads.
  await Promise.all([history.countCalls({ tags: ['x'] }), history.call('call_none' as never)]);
  const order: string[] = [];
  // Several, one after another: on a busy machine, a single one can end before this thread gets its turn.
  const long = Array.from({ length: 8 }, () =>
    history.callBuckets({ tags: [] }, { bucket: 'MONTH', limit: 10 }).then(() => order.push('long')),
  );
  const quick = history.call('call_seen1' as never).then(() => order.push('quick'));
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    order.push('turn');
  }
  await Promise.all([...long, quick]);
  expect(order.at(-1)).toBe('long');
  expect(order).toEqual(expect.arrayContaining(['turn', 'turn', 'turn', 'quick']));
});

test('a query that times out is interrupted within its statement, and the next one succeeds', async () => {
  insertCalls(40_000);
  const history = createHistory(runner.run);
  expect(await history.countCalls({ tags: ['x'] })).toBe(0);
  const long = history
    .callBuckets({ tags: [] }, { bucket: 'MONTH', limit: 10 })
    .catch((error: { code: string }) => error.code);
  await clock.settle();
  await clock.advance(QUERY_TIMEOUT_MS);
  expect(await long).toBe('HISTORY_TIMEOUT');
  expect(lines.map(({ level }) => level)).toEqual(['warn']);
  expect(await history.countCalls({ tags: ['x'] })).toBe(0);
});

/** The niceness of the threads of this process, see proc(5). */
const nicenesses = (): readonly number[] =>
  readdirSync('/proc/self/task').map((id) =>
    Number(
      readFileSync(`/proc/self/task/${id}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[16],
    ),
  );

test.skipIf(process.platform !== 'linux')(
  'a thread yields to the event loop, whose priority is unchanged',
  async () => {
    const before = getPriority();
    expect(nicenesses()).not.toContain(before + 10);
    await createHistory(runner.run).call('call_none' as never);
    expect(nicenesses()).toContain(before + 10);
    expect(getPriority()).toBe(before);
  },
);

test('a thread without a database fails its query and is restarted for the next one', async () => {
  const { log, lines: logged } = createTestLog();
  const broken = createThreadedRunner(startThreads({ path: join(dir, 'nothing.db') }, PROGRAM), {
    clock,
    log: log('history'),
  });
  for (let i = 0; i < 2; i++) {
    await expect(broken.run('callsById', [])).rejects.toMatchObject({ code: 'HISTORY_UNAVAILABLE' });
  }
  expect(logged.map(({ fields }) => fields['reason'])).toEqual([
    'unable to open database file',
    'unable to open database file',
  ]);
  await broken.close();
});

test('a statement with an interruption point ends when its thread is terminated', async () => {
  const thread = new Worker(new URL('../../fixtures/endless-statement.mjs', import.meta.url), {
    execArgv: ['--conditions=@sidetone/source'],
  });
  await once(thread, 'message');
  expect(await thread.terminate()).toBe(1);
});
