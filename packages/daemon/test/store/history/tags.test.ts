import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/database.ts';
import { tempDir } from '../../support/temp-dir.ts';

test('each tag is found by a search of the index', () => {
  const { db, close } = openDatabase(join(tempDir(), 'tags.db'), 'normal');
  const rows = db.$client
    .prepare("explain query plan select min(tag) from call_tags where tag > 'a' and tag < 'b'")
    .all() as { detail: string }[];
  expect(rows.map(({ detail }) => detail)).toEqual([
    expect.stringContaining('SEARCH call_tags USING COVERING INDEX call_tags_by_tag'),
  ]);
  close();
});
