/** Databases of every earlier schema, and the copies that are made before they are migrated. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import Sqlite from 'better-sqlite3';
import { createFakeClock } from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { createAuditReader } from '../../src/store/audit/reader.ts';
import { createBackup } from '../../src/store/backup/backup.ts';
import { verifyBackup } from '../../src/store/backup/verify.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { copiesOf, COPY_DAYS, CopyRetention } from '../../src/store/opening/migration-copies.ts';
import { callTags, listenings, notes, recordings, utterances } from '../../src/store/schema.ts';
import { createAtSchema, LATEST_SCHEMA } from '../support/earlier-schema.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
function newPath(): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  return join(folder, 'test.db');
}
const open = (path: string, copies?: number): void =>
  openDatabase(path, 'normal', copies === undefined ? {} : { copies }).close();
const namesIn = (path: string): string[] =>
  readdirSync(join(path, '..')).filter((name) => name.includes('.schema-'));
const schemaOf = (path: string): number => {
  const sqlite = new Sqlite(path, { readonly: true });
  const found = sqlite.prepare<[], number>('select count(*) from __drizzle_migrations').pluck().get()!;
  sqlite.close();
  return found;
};

const SCHEMAS = Array.from({ length: LATEST_SCHEMA }, (_, index) => index + 1);

describe.each(SCHEMAS)('a database with %i migrations', (schema) => {
  test('opens with everything that its release stored', () => {
    const path = newPath();
    createAtSchema(path, schema);
    const { db, close } = openDatabase(path, 'normal');
    const { $client: sqlite } = db;
    const since = (first: number, rows: number): number => (schema >= first ? rows : 0);
    expect(createLedger(db).get('call_1' as CallId)).toMatchObject({ status: 'ENDED', endedAt: 5000 });
    expect(db.select().from(utterances).all()).toHaveLength(2);
    expect(db.select().from(callTags).all()).toHaveLength(since(2, 1));
    expect(db.select().from(notes).all()).toHaveLength(since(2, 1));
    expect(db.select().from(recordings).all()).toHaveLength(since(3, 1));
    expect(db.select().from(listenings).all()).toHaveLength(since(3, 1));
    expect(createAuditReader(sqlite).verify()).toMatchObject({ intact: true, entries: since(6, 1) });
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    close();
    expect(schemaOf(path)).toBe(LATEST_SCHEMA);
  });
});

test.each([1, 6])('a database with %i migrations is backed up and verified as it is', async (schema) => {
  const path = newPath();
  createAtSchema(path, schema);
  await createBackup({ database: path, file: `${path}.backup`, version: '1.0.0' });
  expect(await verifyBackup(`${path}.backup`)).toMatchObject({
    isIntact: true,
    manifest: { database: { migrations: schema, logId: 'old-log' } },
  });
  expect(schemaOf(path)).toBe(schema);
});

describe('the copy before a migration', () => {
  test('is the database as it was, for its owner only', () => {
    const path = newPath();
    createAtSchema(path, 3);
    const { log, lines } = createTestLog();
    const { copy, close } = openDatabase(path, 'normal', { log: log('') });
    close();
    const fields = { path: copy, bytes: expect.any(Number) };
    expect(lines).toEqual([{ level: 'info', message: 'copying the database before its migration', fields }]);
    expect([copy, namesIn(path)]).toEqual([`${path}.schema-3`, ['test.db.schema-3']]);
    expect([schemaOf(copy!), statSync(copy!).mode & 0o777]).toEqual([3, 0o600]);
  });

  test('contains what was only in the write-ahead log', () => {
    const path = newPath();
    createAtSchema(path, 3);
    const killed = new Sqlite(path);
    killed.pragma('journal_mode = WAL');
    killed.exec(`insert into meta values ('last', 'written')`);
    const [file, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    killed.close();
    writeFileSync(path, file);
    writeFileSync(`${path}-wal`, log);
    open(path);
    const copy = new Sqlite(`${path}.schema-3`, { readonly: true });
    expect(copy.prepare(`select value from meta where key = 'last'`).pluck().get()).toBe('written');
    copy.close();
  });

  test('is made of no new and no current database', () => {
    const path = newPath();
    open(path);
    open(path);
    expect(namesIn(path)).toEqual([]);
  });

  test('is one of the newest, or none', () => {
    const path = newPath();
    for (const [index, name] of ['schema-1', 'schema-2'].entries()) {
      writeFileSync(`${path}.${name}`, '');
      utimesSync(`${path}.${name}`, index, index);
    }
    createAtSchema(path, 3);
    open(path);
    expect(namesIn(path)).toEqual(['test.db.schema-2', 'test.db.schema-3']);
    const other = newPath();
    createAtSchema(other, 3);
    open(other, 0);
    expect(namesIn(other)).toEqual([]);
    expect(schemaOf(other)).toBe(LATEST_SCHEMA);
  });

  test('that cannot be written leaves the database as it was', () => {
    const path = newPath();
    createAtSchema(path, 3);
    mkdirSync(`${path}.schema-3`);
    expect(() => openDatabase(path, 'normal')).toThrow();
    expect([schemaOf(path), namesIn(path)]).toEqual([3, ['test.db.schema-3']]);
  });

  test(`is deleted after ${COPY_DAYS} days, while the daemon runs too`, async () => {
    const path = newPath();
    const copy = `${path}.schema-3`;
    writeFileSync(copy, '');
    const clock = createFakeClock();
    utimesSync(copy, clock.now() / 1000, clock.now() / 1000);
    const retention = new CopyRetention(path, clock, createTestLog().log(''));
    retention.start();
    await clock.advance(COPY_DAYS * 24 * 3_600_000);
    expect(copiesOf(path)).toHaveLength(1);
    await clock.advance(24 * 3_600_000);
    expect(existsSync(copy)).toBe(false);
    retention.stop();
    expect(clock.pending).toBe(0);
  });
});
