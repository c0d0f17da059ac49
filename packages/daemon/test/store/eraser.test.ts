import { join } from 'node:path';
import { getTableName } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { OF_A_CALL } from '../../src/store/eraser.ts';
import { tempDir } from '../support/temp-dir.ts';

test('every table that says which call a row is about is one that calls are erased from', () => {
  const { db, close } = openDatabase(join(tempDir(), 'test.db'), 'normal');
  const tables = db.$client
    .prepare(
      `select entry.name from sqlite_master entry, pragma_table_info(entry.name) field
       where entry.type = 'table' and field.name = 'call_id' order by 1`,
    )
    .pluck()
    .all();
  expect(tables).toContain('events');
  expect(OF_A_CALL.map(getTableName).toSorted()).toEqual(tables);
  close();
});
