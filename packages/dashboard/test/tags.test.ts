import { expect, test } from 'vitest';
import { lastTagOf, splitTags, suggestionsOf, tagsError } from '../page/notes/tags.ts';
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

test('suggestions complete the last tag of the field, the most frequent first', () => {
  expect(lastTagOf('complaint, vi')).toBe('vi');
  const tags = [
    { tag: 'vip', calls: 1 },
    { tag: 'vip 2', calls: 1200 },
    { tag: 'complaint', calls: 5 },
  ];
  expect(suggestionsOf('complaint, vi', tags)).toEqual([
    { value: 'complaint, vip 2', calls: '1,200 calls' },
    { value: 'complaint, vip', calls: '1 call' },
  ]);
  // A tag that is complete, or in the field already, is no suggestion.
  expect(suggestionsOf('vip', tags).map(({ value }) => value)).toEqual(['vip 2']);
  expect(suggestionsOf('complaint, ', tags).map(({ value }) => value)).not.toContain('complaint, complaint');
});
