/** Opening a database: permissions, a second daemon, and errors that name their cause. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isFault } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { APPLICATION_ID } from '../../src/store/opening/database-file.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { StoreHealth } from '../../src/store/store-health.ts';
import { createFailingDatabase } from '../support/failing-database.ts';
import { createHarness, numberedUtterance } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
const opened: Database[] = [];
afterEach(() => opened.splice(0).forEach((database) => database.close()));

function newFolder(): string {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return dir;
}

function open(path: string): Database {
  const database = openDatabase(path, 'normal');
  opened.push(database);
  return database;
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const write = ({ db, ownership }: Database): unknown =>
  new StoreHealth(undefined, ownership.assert).write(db, () => db.$client.prepare('select 1').get());
const codeOf = (task: () => unknown): unknown => {
  try {
    task();
    return undefined;
  } catch (error) {
    expect(isFault(error), String(error)).toBe(true);
    return (error as { code: string }).code;
  }
};

describe('the files of a database', () => {
  test('are readable by their owner only, and so is a new folder, whatever the umask is', () => {
    const umask = process.umask(0);
    try {
      const folder = join(newFolder(), 'data');
      const path = join(folder, 'test.db');
      write(open(path));
      expect(modeOf(folder)).toBe('700');
      const names = readdirSync(folder);
      expect(names).toEqual(
        expect.arrayContaining(['test.db', 'test.db-shm', 'test.db-wal', 'test.db.lock']),
      );
      for (const name of names) expect([name, modeOf(join(folder, name))]).toEqual([name, '600']);
    } finally {
      process.umask(umask);
    }
  });

  test('lose the permissions of other users if an earlier release created them', () => {
    const path = join(newFolder(), 'test.db');
    openDatabase(path, 'normal').close();
    chmodSync(path, 0o664);
    chmodSync(`${path}.lock`, 0o666);
    open(path);
    expect([modeOf(path), modeOf(`${path}.lock`), modeOf(`${path}-wal`)]).toEqual(['660', '660', '660']);
  });

  test('are recognised as ours after the first start, without the write-ahead log', () => {
    const folder = newFolder();
    const path = join(folder, 'test.db');
    open(path);
    const copy = join(folder, 'copy.db');
    copyFileSync(path, copy);
    rmSync(`${copy}-wal`, { force: true });
    open(copy);
  });
});

describe('a second daemon', () => {
  test.each([
    ['a symbolic link to the file', (path: string, other: string) => symlinkSync(path, other)],
    ['a hard link to the file', (path: string, other: string) => linkSync(path, other)],
    ['the same path, after its lock file was deleted', (path: string) => rmSync(`${path}.lock`)],
    [
      'a symbolic link to the file, after its lock file was deleted',
      (path: string, other: string) => {
        rmSync(`${path}.lock`);
        symlinkSync(path, other);
      },
    ],
  ])('does not start on %s', (_what, prepare) => {
    const folder = newFolder();
    const path = join(folder, 'test.db');
    const other = join(folder, 'other.db');
    const first = open(path);
    write(first);
    prepare(path, other);
    const target = readdirSync(folder).includes('other.db') ? other : path;
    expect(codeOf(() => openDatabase(target, 'normal'))).toBe('STORE_IN_USE');
    write(first);
  });

  test('does not start on a link to the folder', () => {
    const folder = newFolder();
    open(join(folder, 'test.db'));
    symlinkSync(folder, `${folder}-link`);
    expect(codeOf(() => openDatabase(join(`${folder}-link`, 'test.db'), 'normal'))).toBe('STORE_IN_USE');
  });

  test('starts after one that was killed', () => {
    const path = join(newFolder(), 'test.db');
    const { db } = open(path);
    const owner = JSON.parse(
      db.$client.prepare<[], string>(`select value from meta where key = 'owner'`).pluck().get()!,
    ) as { process: string };
    const killed = { ...owner, process: owner.process.replace(/\d+$/, '1') };
    opened.pop()!.close();
    const sqlite = new Sqlite(path);
    sqlite.prepare(`insert into meta values ('owner', ?)`).run(JSON.stringify(killed));
    sqlite.close();
    write(open(path));
  });

  test('that runs elsewhere and has taken over the database keeps the first one from writing', async () => {
    const harness = createHarness(newFolder());
    const { db, ownership } = harness.database;
    const health = new StoreHealth(undefined, ownership.assert);
    const ledger = createLedger(db, health);
    const callId = harness.emit(numberedUtterance(1));
    await harness.ingest.committed();
    db.$client.prepare(`update meta set value = '{}' where key = 'owner'`).run();
    expect(codeOf(() => ledger.erase(callId, 0))).toBe('STORE_IN_USE');
    expect(health.failure).toMatchObject({ code: 'STORE_IN_USE' });
    expect(ledger.get(callId)).toBeDefined();
    harness.close();
  });
});

describe('a start', () => {
  const filesOpenIn = (folder: string): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${fd}`);
        return target.startsWith(folder) ? [target] : [];
      } catch {
        return [];
      }
    });

  /** Checks that a database does not exist, or has all tables. */
  function expectComplete(path: string): void {
    expect(existsSync(`${path}.new`), 'a draft').toBe(false);
    if (!existsSync(path)) return;
    const sqlite = new Sqlite(path, { readonly: true });
    const tables = sqlite.prepare<[], string>('select name from sqlite_schema').pluck().all();
    sqlite.close();
    expect(tables).toEqual(expect.arrayContaining(['events', 'meta', 'utterance_words', 'log_epochs']));
  }

  /** Leaves a file whose last transaction was interrupted, with the journal from which it is rolled back. */
  function interrupt(path: string, applicationId: number, before = ''): void {
    const sqlite = new Sqlite(`${path}-origin`);
    sqlite.pragma('cache_size = 5');
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.exec(`${before}; begin; create table t (x)`);
    sqlite.exec(
      'insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select zeroblob(3000) from n',
    );
    for (const suffix of ['', '-journal']) copyFileSync(`${path}-origin${suffix}`, path + suffix);
    sqlite.close();
    expect(() => new Sqlite(path, { readonly: true }).prepare('select 1 from sqlite_schema').get()).toThrow(
      expect.objectContaining({ code: 'SQLITE_READONLY_ROLLBACK' }),
    );
  }

  const LEFTOVERS: Readonly<Record<string, (path: string) => void>> = {
    'an empty file': (path) => writeFileSync(path, ''),
    'a file in WAL mode without tables': (path) => {
      const sqlite = new Sqlite(path);
      sqlite.pragma('journal_mode = WAL');
      sqlite.close();
      expect(statSync(path).size).toBe(4096);
    },
    'a file with our mark and without tables': (path) => {
      const sqlite = new Sqlite(path);
      sqlite.pragma(`application_id = ${APPLICATION_ID}`);
      sqlite.close();
    },
    'an interrupted transaction outside WAL mode': (path) => interrupt(path, APPLICATION_ID),
    'a draft and its write-ahead log': (path) => {
      for (const suffix of ['.new', '.new-wal', '.new-shm', '.new-journal'])
        writeFileSync(path + suffix, Buffer.alloc(5000, 0x5a));
    },
  };

  test.each(Object.keys(LEFTOVERS))('after one that was killed and left %s succeeds', (name) => {
    const path = join(newFolder(), 'test.db');
    LEFTOVERS[name]!(path);
    write(open(path));
    expectComplete(path);
  });

  test('on a database of another program with an interrupted transaction is rejected', () => {
    const path = join(newFolder(), 'test.db');
    interrupt(path, 42, 'create table theirs (x)');
    expect(codeOf(() => openDatabase(path, 'normal'))).toBe('STORE_NOT_A_DATABASE');
  });

  test('that fails at any statement names the cause, closes its files and can be repeated', () => {
    const codes = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_CORRUPT', 'SQLITE_BUSY', 'SQLITE_CANTOPEN'];
    const folder = newFolder();
    const failing = createFailingDatabase();
    try {
      failing.failAt(Infinity);
      openDatabase(join(folder, 'counted.db'), 'normal').close();
      const { operations } = failing;
      expect(operations).toBeGreaterThan(50);
      for (let n = 1; n <= operations; n++) {
        const path = join(folder, `${n}.db`);
        failing.failAt(n, 'once', codes[n % codes.length]);
        const failure = codeOf(() => openDatabase(path, 'normal').close());
        // The last statements release the ownership and move the log, which may fail.
        if (failure !== undefined || n < operations - 4) expect(failure, `statement ${n}`).toMatch(/^STORE_/);
        failing.repair();
        expect(filesOpenIn(folder)).toEqual([]);
        expectComplete(path);
        openDatabase(path, 'normal').close();
      }
    } finally {
      failing.release();
    }
  });

  test.each(['/dev/null', '/dev/zero'])('on the device %s is rejected with a sentence', (path) => {
    expect(codeOf(() => openDatabase(path, 'normal'))).toBe('STORE_UNREADABLE');
  });

  test('below a file, or a name that is too long, is rejected with a sentence', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(codeOf(() => openDatabase(join(folder, 'file', 'test.db'), 'normal'))).toBe('STORE_UNREADABLE');
    expect(codeOf(() => openDatabase(join(folder, 'x'.repeat(300)), 'normal'))).toBe('STORE_UNREADABLE');
  });

  test('on a database whose write-ahead log is a folder is rejected with a sentence', () => {
    const path = join(newFolder(), 'test.db');
    openDatabase(path, 'normal').close();
    mkdirSync(`${path}-wal`);
    expect(codeOf(() => openDatabase(path, 'normal'))).toMatch(/^STORE_(UNREADABLE|DAMAGED)$/);
  });

  const noise = (bytes: Buffer, from: number): Buffer =>
    Buffer.concat([bytes.subarray(0, from), Buffer.alloc(bytes.length - from, 0x5a)]);

  test.each<[string, (wal: Buffer) => Buffer | undefined]>([
    ['deleted', () => undefined],
    ['empty', () => Buffer.alloc(0)],
    ['cut within a frame', (wal) => wal.subarray(0, Math.floor(wal.length / 2) + 7)],
    ['cut within its header', (wal) => wal.subarray(0, 20)],
    ['overwritten from its middle', (wal) => noise(wal, Math.floor(wal.length / 2))],
    ['overwritten from its start', (wal) => noise(wal, 0)],
    ['longer than it was', (wal) => Buffer.concat([wal, Buffer.alloc(50_000, 0x5a)])],
  ])('after a crash with a write-ahead log that is %s has an intact database', async (_how, change) => {
    const folder = newFolder();
    const harness = createHarness(folder);
    for (let n = 0; n < 300; n++) {
      harness.emit(numberedUtterance(n));
      await harness.ingest.committed();
    }
    const path = join(folder, 'crashed.db');
    copyFileSync(join(folder, 'harness.db'), path);
    const wal = readFileSync(join(folder, 'harness.db-wal'));
    expect(wal.length).toBeGreaterThan(100_000);
    harness.close();
    const changed = change(wal);
    if (changed) writeFileSync(`${path}-wal`, changed);
    writeFileSync(`${path}-shm`, Buffer.alloc(32_768, 0x5a));
    const database = open(path);
    write(database);
    expect(database.db.$client.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  test.each(['utterance_words_data', 'meta', '__drizzle_migrations', 'sqlite_schema'])(
    'on a database whose table %s is spoilt is rejected as damaged',
    (name) => {
      const path = join(newFolder(), 'test.db');
      openDatabase(path, 'normal').close();
      const sqlite = new Sqlite(path);
      const pageSize = sqlite.pragma('page_size', { simple: true }) as number;
      const page =
        sqlite
          .prepare<[string], number>('select rootpage from sqlite_schema where name = ?')
          .pluck()
          .get(name) ?? 1;
      sqlite.close();
      const content = readFileSync(path);
      content.fill(0x5a, Math.max(100, (page - 1) * pageSize), page * pageSize);
      writeFileSync(path, content);
      expect(codeOf(() => openDatabase(path, 'normal'))).toBe('STORE_DAMAGED');
    },
  );
});
