import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../../src/store/audit/log.ts';
import { createAuditReader, openAuditReader } from '../../../src/store/audit/reader.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';

/** Hash of the first entry below, as the release computed it that introduced the log. */
const HASH_OF_0005 = 'dfc8a2890030c23ca42dc4403829a2984f5a694b48433d5a693e81ba017f7dd5';

let dir: string;
let database: Database;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sidetone-audit-'));
  database = openDatabase(join(dir, 'audit.db'), 'normal');
  for (let at = 1; at <= 4; at++) append(at);
});

afterEach(() => {
  database.close();
  rmSync(dir, { recursive: true });
});

const append = (at: number) =>
  createAuditLog(database.db).append({ at, by: 'ann', action: 'ERASE', callId: `call_${at}` });
const verify = () => createAuditReader(database.db.$client).verify();
const entries = (callId?: string) => [
  ...createAuditReader(database.db.$client).entries(callId === undefined ? {} : { callId }),
];
const run = (statement: string) => database.db.run(sql.raw(statement));

describe('verification', () => {
  test('accepts an empty log', () => {
    const empty = openDatabase(join(dir, 'empty.db'), 'normal');
    const result = createAuditReader(empty.db.$client).verify();
    expect(result).toEqual({ intact: true, entries: 0, head: { seq: 0, hash: '' } });
    empty.close();
  });

  test('accepts an unchanged log, which does not contain the ids of the calls', () => {
    expect(verify()).toMatchObject({ intact: true, entries: 4, head: { seq: 4 } });
    expect(JSON.stringify(database.db.all(sql`select * from audit_log`))).not.toMatch(/call_\d/);
  });

  test('accepts entries that a release without details wrote', () => {
    const hashes = database.db.all<{ hash: string }>(sql`select hash from audit_log where seq = 1`);
    // Computed by that release from the same entry.
    expect(hashes).toEqual([{ hash: HASH_OF_0005 }]);
  });

  test.each([
    ['a changed name', "update audit_log set by_name = 'bob' where seq = 2", 2],
    ['a changed time', 'update audit_log set at = 9 where seq = 3', 3],
    ['added details', "update audit_log set details = '{}' where seq = 3", 3],
    ['a removed first row', 'delete from audit_log where seq = 1', 1],
    ['a removed row', 'delete from audit_log where seq = 3', 3],
    ['a removed last row', 'delete from audit_log where seq = 4', 4],
    ['a removed log', 'delete from audit_log', 1],
    ['swapped rows', 'update audit_log set seq = -seq where seq in (1, 2)', 1],
    ['a removed head', "delete from meta where key = 'audit_head'", 5],
  ])('detects %s', (_name, statement, brokenAt) => {
    run(statement);
    expect(verify()).toMatchObject({ intact: false, brokenAt });
  });

  test.each([
    ['details', "update audit_log set details = replace(details, '22', '1') where seq = 5"],
    ['details set to null', 'update audit_log set details = null where seq = 5'],
  ])('detects changed %s', (_name, statement) => {
    const details = { address: '192.0.2.1', failures: 22 };
    createAuditLog(database.db).append({ at: 5, by: '-', action: 'SIGN_IN_FAILED', details });
    expect(verify()).toMatchObject({ intact: true });
    run(statement);
    expect(verify()).toMatchObject({ intact: false, brokenAt: 5 });
  });

  test('detects removed last rows after later entries', () => {
    run('delete from audit_log where seq >= 3');
    append(5);
    expect(verify()).toMatchObject({ intact: false, brokenAt: 3 });
  });
});

describe('expiry', () => {
  const expire = (until: number) => createAuditLog(database.db).expire(until, 9);
  const numbers = () => entries().map(({ seq }) => seq);

  test('deletes old entries, and the rest is intact', () => {
    expire(2);
    expect(numbers()).toEqual([3, 4, 5]);
    expect(verify()).toMatchObject({ intact: true, entries: 3, head: { seq: 5 } });
    append(5);
    expire(3);
    expect(numbers()).toEqual([4, 5, 6, 7]);
    expect(verify()).toMatchObject({ intact: true, entries: 4 });
  });

  test('appends an entry with the number and the hash of the last deleted one', () => {
    const { head } = verify();
    expire(4);
    expect(entries()).toEqual([
      expect.objectContaining({
        seq: 5,
        by: 'daemon',
        action: 'AUDIT_EXPIRED',
        details: { entries: 4, ...head },
      }),
    ]);
  });

  test('of all entries leaves a chain that continues', () => {
    expire(4);
    expect(verify()).toMatchObject({ intact: true, entries: 1, head: { seq: 5 } });
    append(5);
    expect(verify()).toMatchObject({ intact: true, entries: 2, head: { seq: 6 } });
  });

  test('keeps old entries after a younger one, as after a change of the wall clock', () => {
    append(1);
    expire(3);
    expect(numbers()).toEqual([4, 5, 6]);
  });

  test('does not hide a removed row', () => {
    run('delete from audit_log where seq = 3');
    expire(1);
    expect(verify()).toMatchObject({ intact: false, brokenAt: 3 });
  });

  test('does not hide that more was deleted later', () => {
    expire(1);
    const [{ hash }] = database.db.all<{ hash: string }>(sql`select hash from audit_log where seq = 3`) as [
      { hash: string },
    ];
    run('delete from audit_log where seq < 4');
    run(`update meta set value = '3 ${hash}' where key = 'audit_tail'`);
    expect(verify()).toMatchObject({ intact: false, brokenAt: 3 });
  });

  test('of an earlier release, without such an entry, is accepted', () => {
    const [{ hash }] = database.db.all<{ hash: string }>(sql`select hash from audit_log where seq = 2`) as [
      { hash: string },
    ];
    run('delete from audit_log where seq < 3');
    run(`insert into meta (key, value) values ('audit_tail', '2 ${hash}')`);
    expect(verify()).toMatchObject({ intact: true, entries: 2 });
  });

  test('without old entries changes nothing', () => {
    expire(0);
    expect(verify()).toMatchObject({ intact: true, entries: 4 });
  });
});

describe('a reader of the file', () => {
  const path = () => join(dir, 'audit.db');

  test('reads while the daemon writes, and sees one state', () => {
    const reader = openAuditReader(path());
    const before = reader.verify();
    append(5);
    expect(reader.verify()).toEqual(before);
    expect([...reader.entries()]).toHaveLength(4);
    reader.close();
    expect(entries()).toHaveLength(5);
  });

  test('prints times and details, and finds the entries of a call by its id', () => {
    const details = { address: '192.0.2.1', failures: 22 };
    createAuditLog(database.db).append({ at: 5, by: '-', action: 'SIGN_IN_FAILED', details });
    const reader = openAuditReader(path());
    expect([...reader.entries()].at(-1)).toEqual({
      seq: 5,
      at: '1970-01-01T00:00:00.005Z',
      by: '-',
      action: 'SIGN_IN_FAILED',
      details,
    });
    expect([...reader.entries({ callId: 'call_2' })]).toMatchObject([{ seq: 2, action: 'ERASE' }]);
    expect([...reader.entries({ callId: 'call_9' })]).toEqual([]);
    reader.close();
  });

  test('rejects a missing file, and creates none', () => {
    const missing = join(dir, 'missing.db');
    expect(() => openAuditReader(missing)).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
    expect(existsSync(missing)).toBe(false);
  });

  test('reads a file of a release without details', () => {
    run('alter table audit_log drop column details');
    const reader = openAuditReader(path());
    expect(reader.verify()).toMatchObject({ intact: true, entries: 4 });
    expect([...reader.entries()]).toHaveLength(4);
    reader.close();
  });

  test('rejects a file of a release without an audit log', () => {
    run('drop table audit_log');
    expect(() => openAuditReader(path())).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
  });
});
