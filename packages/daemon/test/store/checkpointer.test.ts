/** A copy of the database file alone, without its write-ahead log. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { createFakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import {
  CHECKPOINT_CHECK_MS,
  Checkpointer,
  MAX_POSTPONED_CHECKS,
} from '../../src/store/watch/checkpointer.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let path: string;
let database: Database;
let checkpointer: Checkpointer;
let clock: ReturnType<typeof createFakeClock>;
let isOpen: boolean;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  path = join(dir, 'test.db');
  database = openDatabase(path, 'normal');
  isOpen = true;
  clock = createFakeClock();
  checkpointer = new Checkpointer({ sqlite: database.db.$client, clock, log: createTestLog().log('') });
  checkpointer.start();
});
afterEach(() => {
  checkpointer.stop();
  if (isOpen) database.close();
});

const write = (value: string): void =>
  void database.db.$client
    .prepare('insert or replace into meta (key, value) values (?, ?)')
    .run('test', value);

/** Returns the value in a copy of the file alone. */
function copied(): string | undefined {
  const copy = `${path}.copy${count++}`;
  copyFileSync(path, copy);
  const sqlite = new Sqlite(copy, { readonly: true });
  const value = sqlite.prepare("select value from meta where key = 'test'").pluck().get() as
    string | undefined;
  sqlite.close();
  return value;
}

describe('a copy of the database file alone', () => {
  test('is minutes old while nothing is written', async () => {
    write('one');
    expect(copied()).toBeUndefined();
    await clock.advance(2 * CHECKPOINT_CHECK_MS);
    expect(copied()).toBe('one');
  });

  test('is minutes old while something is written all the time', async () => {
    for (let i = 1; i <= MAX_POSTPONED_CHECKS; i++) {
      write(String(i));
      await clock.advance(CHECKPOINT_CHECK_MS);
    }
    expect(copied()).toBe(String(MAX_POSTPONED_CHECKS));
  });

  test('is retried if a reader keeps an old snapshot', async () => {
    write('one');
    await clock.advance(2 * CHECKPOINT_CHECK_MS);
    const reader = new Sqlite(path, { readonly: true });
    reader.exec('begin');
    reader.prepare('select count(*) from meta').get();
    write('two');
    write('three');
    await clock.advance(5 * CHECKPOINT_CHECK_MS);
    reader.exec('commit');
    reader.close();
    await clock.advance(CHECKPOINT_CHECK_MS);
    expect(copied()).toBe('three');
  });

  test('is complete after the stop', () => {
    write('one');
    checkpointer.stop();
    database.close();
    isOpen = false;
    expect([copied(), existsSync(`${path}-wal`), clock.pending]).toEqual(['one', false, 0]);
  });
});
