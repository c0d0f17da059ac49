import { join } from 'node:path';
import type { CallId } from '@sidetone/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { History } from '../../../src/history/ports.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { callTags } from '../../../src/store/schema.ts';
import { createLocalHistory } from '../../support/history.ts';
import { tempDir } from '../../support/temp-dir.ts';

let database: Database;
let history: History;
beforeAll(() => {
  database = openDatabase(join(tempDir(), 'tags.db'), 'normal');
  history = createLocalHistory(database.db);
  const tags = [
    ...['vip', 'vip', 'VIP', 'vip 2', 'complaint', '100%', 'völlig', 'شكوى'].map((tag, i) => [
      `call_${i}`,
      tag,
    ]),
    ...Array.from({ length: 1200 }, (_, i) => [`many_${i}`, 'frequent']),
  ];
  for (const [callId, tag] of tags)
    database.db
      .insert(callTags)
      .values({ callId: callId as CallId, tag: tag! })
      .run();
});
afterAll(() => database.close());

const tagsOf = async (prefix: string, limit = 50) =>
  (await history.tags(prefix, limit)).map(({ tag, calls }) => [tag, calls]);

test('lists tags that begin with a text, each once, with the number of calls', async () => {
  expect(await tagsOf('vip')).toEqual([
    ['vip', 2],
    ['vip 2', 1],
  ]);
  expect(await tagsOf('v')).toHaveLength(3);
  expect(await tagsOf('100%')).toEqual([['100%', 1]]);
  expect(await tagsOf('شك')).toEqual([['شكوى', 1]]);
  expect(await tagsOf('none')).toEqual([]);
});

test('lists the first tags, and counts up to a limit', async () => {
  expect(await tagsOf('')).toHaveLength(8);
  expect(await tagsOf('', 2)).toEqual([
    ['100%', 1],
    ['VIP', 1],
  ]);
  expect(await tagsOf('freq')).toEqual([['frequent', 1000]]);
});

test('each tag is found by a search of the index', () => {
  const rows = database.db.$client
    .prepare("explain query plan select min(tag) from call_tags where tag > 'a' and tag < 'b'")
    .all() as { detail: string }[];
  expect(rows.map(({ detail }) => detail)).toEqual([
    expect.stringContaining('SEARCH call_tags USING COVERING INDEX call_tags_by_tag'),
  ]);
});
