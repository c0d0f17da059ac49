import { expect, test } from 'vitest';
import { splitTags, tagsError } from '../page/notes/tags.ts';
import { EMPTY_QUERY, toCallFilter } from '../page/history/search-query.ts';

test('a comma separates tags where they are added and where calls are filtered', () => {
  const text = 'complaint, vip,,vip ';
  expect(splitTags(text)).toEqual(['complaint', 'vip']);
  expect(toCallFilter({ ...EMPTY_QUERY, tag: text }, 0).tags).toEqual(splitTags(text));
});

test('a tag that is too long is explained', () => {
  expect(tagsError(['a'.repeat(64)])).toBeUndefined();
  expect(tagsError(['vip', 'a'.repeat(65)])).toMatch(/at most 64 characters/);
});
