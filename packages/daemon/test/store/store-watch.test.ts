import {
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createFakeClock } from '@sidetone/testkit';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { StoreHealth } from '../../src/store/store-health.ts';
import { findProblems } from '../../src/store/watch/integrity-check.ts';
import type { RunCheck } from '../../src/store/watch/run-check.ts';
import {
  FILE_CHECK_MS,
  FIRST_INTEGRITY_CHECK_MS,
  INTEGRITY_CHECK_MS,
  StoreWatch,
} from '../../src/store/watch/store-watch.ts';
import { createHarness, event, numberedUtterance } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let database: Database | undefined;
afterEach(() => {
  database?.close();
  database = undefined;
});

function newFolder(): string {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return dir;
}

function watch(check?: RunCheck) {
  const path = join(newFolder(), 'test.db');
  database = openDatabase(path, 'normal');
  const { db, ownership } = database;
  const clock = createFakeClock();
  const { log, lines } = createTestLog();
  const health = new StoreHealth(log(''), ownership.assert);
  const watched = new StoreWatch({ path, ownership, health, clock, log: log(''), ...(check && { check }) });
  watched.start();
  const write = (): unknown => health.write(db, () => db.$client.prepare('select 1').get());
  return { path, clock, lines, health, watched, write };
}

describe('the file of a running daemon', () => {
  test.each([
    ['deleted', (path: string) => rmSync(path)],
    ['moved away', (path: string) => renameSync(path, `${path}.old`)],
    [
      'replaced by a copy',
      (path: string) => {
        cpSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
    ],
    [
      'replaced by another file',
      (path: string) => {
        rmSync(path);
        writeFileSync(path, 'another file');
      },
    ],
  ])('rejects writes within a minute after it is %s', async (_how, change) => {
    const { path, clock, health, lines, write } = watch();
    write();
    await clock.advance(FILE_CHECK_MS);
    expect(health.failure).toBeUndefined();
    change(path);
    await clock.advance(FILE_CHECK_MS);
    expect(write).toThrow(expect.objectContaining({ code: 'STORE_FILE_MISSING' }));
    expect(health.failure).toMatchObject({ code: 'STORE_FILE_MISSING' });
    await clock.advance(FILE_CHECK_MS * 3);
    expect(write).toThrow();
    expect(lines.map(({ message }) => message)).toEqual(['database failed']);
  });
});

describe('the integrity check', () => {
  test('runs after the start and every day, and its result is part of the health', async () => {
    const results = [{ problems: [] }, { problems: ['events: Tree 4'] }, { problems: [] }];
    let checks = 0;
    const { clock, health, write } = watch(async () => results[checks++]!);
    await clock.advance(FIRST_INTEGRITY_CHECK_MS);
    expect([checks, health.failure]).toEqual([1, undefined]);
    await clock.advance(INTEGRITY_CHECK_MS);
    expect(health.failure).toMatchObject({ code: 'STORE_DAMAGED' });
    expect(health.failure!.message).toContain('events: Tree 4');
    write();
    expect(health.failure).toMatchObject({ code: 'STORE_DAMAGED' });
    await clock.advance(INTEGRITY_CHECK_MS);
    expect([checks, health.failure]).toEqual([3, undefined]);
  });

  test('that fails is logged and retried the next day', async () => {
    let checks = 0;
    const { clock, health, lines } = watch(async () => {
      if (checks++ === 0) throw new Error('no memory');
      return { code: 'SQLITE_CANTOPEN', reason: 'unable to open' };
    });
    await clock.advance(FIRST_INTEGRITY_CHECK_MS + INTEGRITY_CHECK_MS);
    expect(lines.map(({ message }) => message)).toEqual(['integrity check failed', 'integrity check failed']);
    expect(health.failure).toBeUndefined();
  });

  test('leaves no timer when the daemon stops, and ends a running check', async () => {
    let signal: AbortSignal | undefined;
    const { clock, watched } = watch((_path, itsSignal) => {
      signal = itsSignal;
      return new Promise((_resolve, reject) =>
        itsSignal.addEventListener('abort', () => reject(new Error('x'))),
      );
    });
    await clock.advance(FIRST_INTEGRITY_CHECK_MS);
    watched.stop();
    await clock.settle();
    expect([signal?.aborted, clock.pending]).toEqual([true, 0]);
  });

  /** Creates a database with calls, closed. Returns its path and the root page of each table and index. */
  async function aDatabase(): Promise<{ path: string; roots: Map<string, number>; pageSize: number }> {
    const dir = newFolder();
    const harness = createHarness(dir);
    for (let call = 0; call < 60; call++) {
      harness.emit(event('call.status', { status: 'IN_PROGRESS' }, { call: `call-${call}` }));
      for (let n = 0; n < 20; n++) harness.emit(numberedUtterance(n, `call-${call}`));
    }
    await harness.ingest.committed();
    harness.close();
    const path = join(dir, 'harness.db');
    const sqlite = new Sqlite(path);
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    const rows = sqlite
      .prepare<[], { name: string; rootpage: number }>(
        'select name, rootpage from sqlite_schema where rootpage > 1',
      )
      .all();
    const pageSize = sqlite.pragma('page_size', { simple: true }) as number;
    sqlite.close();
    return { path, roots: new Map(rows.map(({ name, rootpage }) => [name, rootpage])), pageSize };
  }

  test.each([
    'events',
    'calls',
    'utterances',
    'events_by_dedupe_key',
    'calls_by_provider_call',
    'utterance_words_data',
    'streams_open',
  ])('finds a spoilt root page of %s', async (name) => {
    const { path, roots, pageSize } = await aDatabase();
    expect(findProblems(path)).toEqual([]);
    const before = readFileSync(path).length;
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(pageSize, 0x5a), 0, pageSize, (roots.get(name)! - 1) * pageSize);
    closeSync(file);
    expect(readFileSync(path)).toHaveLength(before);
    let problems: unknown;
    try {
      problems = findProblems(path);
    } catch (error) {
      problems = [(error as { code: string }).code];
    }
    expect(problems).not.toEqual([]);
  });
});
