/** The write-ahead log is moved in a thread while much is written. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { createFakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  LogMover,
  MOVE_CHECK_MS,
  PAGES_BEFORE_COMMIT_MOVES,
  ROWS_PER_MOVE,
} from '../../src/store/watch/log-mover.ts';
import { logThreads, type LogThreadListener } from '../../src/store/watch/log-threads.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const PROGRAM = {
  module: new URL('../fixtures/log-thread.mjs', import.meta.url),
  execArgv: ['--conditions=@sidetone/source'],
};
let sqlite: Sqlite.Database;
let clock: ReturnType<typeof createFakeClock>;
let mover: LogMover;
let listener: LogThreadListener | undefined;
let moves: number;
let ended: number;

beforeEach(() => {
  sqlite = new Sqlite(':memory:');
  sqlite.exec('create table things (id integer primary key)');
  clock = createFakeClock();
  listener = undefined;
  [moves, ended] = [0, 0];
  mover = new LogMover({
    sqlite,
    clock,
    log: createTestLog().log(''),
    start: (given) => {
      listener = given;
      return { move: () => void moves++, terminate: async () => void ended++ };
    },
  });
  mover.start();
});
afterEach(() => sqlite.close());

const write = (rows: number): void => {
  const insert = sqlite.prepare('insert into things default values');
  sqlite.transaction(() => {
    for (let i = 0; i < rows; i++) insert.run();
  })();
};
const pages = (): unknown => sqlite.pragma('wal_autocheckpoint', { simple: true });

test('is not moved, and no thread is started, while little is written', async () => {
  write(ROWS_PER_MOVE - 1);
  await clock.advance(10 * MOVE_CHECK_MS);
  expect([listener, pages()]).toEqual([undefined, PAGES_BEFORE_COMMIT_MOVES]);
});

test('is moved once for the same rows, one move at a time', async () => {
  write(ROWS_PER_MOVE);
  await clock.advance(2 * MOVE_CHECK_MS);
  expect(moves).toBe(1);
  write(ROWS_PER_MOVE);
  await clock.advance(2 * MOVE_CHECK_MS);
  expect(moves).toBe(1);
  listener!.onMoved();
  await clock.advance(2 * MOVE_CHECK_MS);
  expect(moves).toBe(2);
});

test('is moved by commits after the thread failed', async () => {
  write(ROWS_PER_MOVE);
  await clock.advance(MOVE_CHECK_MS);
  listener!.onExit('out of memory');
  expect([pages(), clock.pending]).toEqual([1000, 0]);
});

test('ends the thread at the stop', async () => {
  write(ROWS_PER_MOVE);
  await clock.advance(MOVE_CHECK_MS);
  await mover.stop();
  expect([ended, clock.pending]).toEqual([1, 0]);
});

test('the thread moves what was committed before', async () => {
  const path = join(tempDir(), 'test.db');
  const written = new Sqlite(path);
  written.pragma('journal_mode = WAL');
  written.exec('create table things (id integer primary key); insert into things default values');
  await new Promise<void>((resolve, reject) => {
    const thread = logThreads({ path }, PROGRAM)({ onMoved: resolve, onExit: reject });
    thread.move();
  });
  copyFileSync(path, `${path}.copy`);
  const copy = new Sqlite(`${path}.copy`, { readonly: true });
  expect(copy.prepare('select count(*) from things').pluck().get()).toBe(1);
  copy.close();
  written.close();
});
