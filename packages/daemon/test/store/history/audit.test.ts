import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditFilter } from '../../../src/history/audit-query.ts';
import type { History } from '../../../src/history/ports.ts';
import { createAuditLog } from '../../../src/store/audit/log.ts';
import { openAuditReader } from '../../../src/store/audit/reader.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createLocalHistory } from '../../support/history.ts';
import { tempDir } from '../../support/temp-dir.ts';

const path = join(tempDir(), 'audit.db');
let database: Database;
let history: History;

beforeAll(() => {
  database = openDatabase(path, 'normal');
  history = createLocalHistory(database.db);
  createAuditLog(database.db).append(
    { at: 10, by: 'ada', action: 'ERASE', callId: 'call_1' },
    { at: 20, by: 'bob', action: 'DOWNLOAD_RECORDING', callId: 'call_2' },
    { at: 30, by: '-', action: 'SIGN_IN_FAILED', details: { failures: 3, address: '192.0.2.1' } },
    { at: 40, by: 'ada', action: 'TOKEN_REVOKED', details: { name: 'bob' } },
    { at: 50, by: 'ada', action: 'DOWNLOAD_RECORDING', callId: 'call_1' },
  );
});
afterAll(() => database.close());

const FILTERS: readonly (readonly [string, AuditFilter, readonly number[]])[] = [
  ['nothing', {}, [5, 4, 3, 2, 1]],
  ['a time', { since: 20, until: 40 }, [3, 2]],
  ['an author', { by: ['ada'] }, [5, 4, 1]],
  ['several authors', { by: ['bob', '-'] }, [3, 2]],
  ['an action', { actions: ['DOWNLOAD_RECORDING'] }, [5, 2]],
  ['a call', { callId: 'call_1' }, [5, 1]],
  ['a failure', { outcome: 'FAILED' }, [3]],
  ['an outcome and actions', { outcome: 'DONE', actions: ['SIGN_IN_FAILED', 'ERASE'] }, [1]],
  ['all conditions', { since: 11, by: ['ada'], actions: ['DOWNLOAD_RECORDING'], callId: 'call_1' }, [5]],
];

describe('the audit log by', () => {
  test.each(FILTERS)('%s, newest first', async (_case, filter, expected) => {
    const { rows } = await history.audit(filter, { limit: 10, backward: false });
    expect(rows.map(({ seq }) => seq)).toEqual(expected);
  });

  test.each(FILTERS)('%s is the same in the file, oldest first', (_case, filter, expected) => {
    const reader = openAuditReader(path);
    expect([...reader.entries(filter)].map(({ seq }) => seq)).toEqual(expected.toReversed());
    reader.close();
  });
});

test('the pages of the audit log continue at their cursors in both directions', async () => {
  const filter = { by: ['ada'] };
  const first = await history.audit(filter, { limit: 2, backward: false });
  expect([first.rows.map(({ seq }) => seq), first.more]).toEqual([[5, 4], true]);
  const at = (seq: number) => ({ key: seq, id: String(seq) });
  const second = await history.audit(filter, { limit: 2, backward: false, after: at(4) });
  expect([second.rows.map(({ seq }) => seq), second.more]).toEqual([[1], false]);
  const back = await history.audit(filter, { limit: 2, backward: true, before: at(1) });
  expect(back.rows.map(({ seq }) => seq)).toEqual([5, 4]);
});

test('each condition of the audit log but time has an index', () => {
  const { $client } = database.db;
  for (const [condition, index] of [
    ["call_digest = 'x'", 'audit_by_call'],
    ["by_name = 'x'", 'audit_by_name'],
    ["action = 'x'", 'audit_by_action'],
  ]) {
    const plan = $client
      .prepare(`explain query plan select * from audit_log where ${condition} order by seq desc limit 51`)
      .all() as { detail: string }[];
    expect(plan[0]!.detail).toContain(index);
  }
});
