import { join } from 'node:path';
import { getTableName } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/database.ts';
import { TABLES_WITH_CALL_ID } from '../../../src/store/removal/eraser.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('calls are erased from every table with a call_id column', () => {
  const { db, close } = openDatabase(join(tempDir(), 'test.db'), 'normal');
  const tables = db.$client
    .prepare(
      `select entry.name from sqlite_master entry, pragma_table_info(entry.name) field
       where entry.type = 'table' and field.name = 'call_id' order by 1`,
    )
    .pluck()
    .all();
  expect(tables).toContain('events');
  expect(TABLES_WITH_CALL_ID.map(getTableName).toSorted()).toEqual(tables);
  close();
});
