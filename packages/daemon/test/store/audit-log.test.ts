import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuditLog } from '../../src/store/audit-log.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';

let dir: string;
let database: Database;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sidetone-audit-'));
  database = openDatabase(join(dir, 'audit.db'), 'normal');
  const log = createAuditLog(database.db);
  for (let at = 1; at <= 4; at++) log.append({ at, by: 'ann', action: 'ERASE', callId: `call_${at}` });
});

afterEach(() => {
  database.close();
  rmSync(dir, { recursive: true });
});

const verify = () => createAuditLog(database.db).verify();

test('verifies an empty log', () => {
  const empty = openDatabase(join(dir, 'empty.db'), 'normal');
  expect(createAuditLog(empty.db).verify()).toBeUndefined();
  empty.close();
});

test('verifies an unchanged log, without the ids of the calls', () => {
  expect(verify()).toBeUndefined();
  expect(JSON.stringify(database.db.all(sql`select * from audit_log`))).not.toMatch(/call_\d/);
});

test.each([
  ['a changed name', "update audit_log set by_name = 'bob' where seq = 2", 2],
  ['a changed time', 'update audit_log set at = 9 where seq = 3', 3],
  ['a removed first row', 'delete from audit_log where seq = 1', 1],
  ['a removed row', 'delete from audit_log where seq = 3', 3],
  ['a removed last row', 'delete from audit_log where seq = 4', 4],
  ['a removed log', 'delete from audit_log', 1],
  ['swapped rows', 'update audit_log set seq = -seq where seq in (1, 2)', 1],
  ['a removed head', "delete from meta where key = 'audit_head'", 5],
])('detects %s', (_name, statement, expected) => {
  database.db.run(sql.raw(statement));
  expect(verify()).toBe(expected);
});
