/** The other thread itself, from its sources, over a real file. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { historyOf } from '../../../src/store/history/history.ts';
import { createLanes, type HistoryLanes } from '../../../src/store/history/lanes.ts';
import { QUERY_MS, startThreads } from '../../../src/store/history/worker.ts';
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
let lanes: HistoryLanes;

beforeAll(() => {
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
});
afterAll(() => database.close());

beforeEach(() => {
  clock = createFakeClock();
  const { log, lines: written } = createTestLog();
  lines = written;
  lanes = createLanes(startThreads({ path: database.db.$client.name }, PROGRAM), {
    clock,
    log: log('history'),
  });
});
afterEach(() => lanes.close());

/** So many calls that to look at all of them takes longer than a few turns of the loop. */
function manyCalls(number: number): void {
  database.db.$client.exec(`
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${number})
    insert or ignore into calls (id, provider_id, provider_call_id, status, created_at, muted_parties, state)
    select 'call_many' || n, 'many', n, 'ENDED', n, '[]', '{}' from numbers`);
}

test('sees what was stored before it was asked', async () => {
  const history = historyOf(lanes.ask);
  for (let i = 0; i < 50; i++) {
    const call = callRow(`seen${i}`, { summary: `version ${i}` });
    putCalls(database.db, [call]);
    putUtterance(database.db, call.id, i + 1, `unheard${i} words`);
    expect(await history.call(call.id)).toEqual(call);
    const { rows } = await history.search(`unheard${i}`, {}, { limit: 1, backward: false });
    expect(rows[0]?.snippet).toBe(`[unheard${i}] words`);
  }
});

test('a long question holds up neither the loop nor what is quick', async () => {
  manyCalls(150_000);
  const history = historyOf(lanes.ask);
  // Both threads have begun.
  await Promise.all([history.countCalls({ tags: ['x'] }), history.call('call_none' as never)]);
  const order: string[] = [];
  const long = history.callBuckets({}, 'MONTH', 10).then(() => order.push('long'));
  const quick = history.call('call_seen1' as never).then(() => order.push('quick'));
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    order.push('turn');
  }
  await Promise.all([long, quick]);
  expect(order.at(-1)).toBe('long');
  expect(order).toEqual(expect.arrayContaining(['turn', 'turn', 'turn', 'quick']));
});

test('a question that takes too long ends in the middle of its statement, and the next is answered', async () => {
  manyCalls(150_000);
  const history = historyOf(lanes.ask);
  expect(await history.countCalls({ tags: ['x'] })).toBe(0);
  const long = history.callBuckets({}, 'MONTH', 10).catch((error: { code: string }) => error.code);
  await clock.settle();
  await clock.advance(QUERY_MS);
  expect(await long).toBe('HISTORY_TIMEOUT');
  expect(lines.map(({ level }) => level)).toEqual(['warn']);
  expect(await history.countCalls({ tags: ['x'] })).toBe(0);
});

test('that finds no database dies with its question, and is begun anew with the next', async () => {
  const { log, lines: told } = createTestLog();
  const lost = createLanes(startThreads({ path: join(dir, 'nothing.db') }, PROGRAM), {
    clock,
    log: log('history'),
  });
  for (let i = 0; i < 2; i++) {
    await expect(lost.ask('callsById', [])).rejects.toMatchObject({ code: 'HISTORY_UNAVAILABLE' });
  }
  expect(told.map(({ fields }) => fields['reason'])).toEqual([
    'unable to open database file',
    'unable to open database file',
  ]);
  await lost.close();
});

test('a statement that calls back ends with its thread', async () => {
  const thread = new Worker(new URL('../../fixtures/endless-statement.mjs', import.meta.url), {
    execArgv: ['--conditions=@sidetone/source'],
  });
  await once(thread, 'message');
  expect(await thread.terminate()).toBe(1);
});
