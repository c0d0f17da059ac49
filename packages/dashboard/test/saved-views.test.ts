import { expect, test } from 'vitest';
import { MAX_VIEWS, parseViews, withoutView, withView } from '../page/history/saved-views.ts';

const VIEW = { name: 'Complaints', search: 'tag=complaint&order=longest' };

test('views round-trip through the storage, without values that a search cannot have', () => {
  expect(parseViews(JSON.stringify([VIEW]))).toEqual([VIEW]);
  expect(
    parseViews(JSON.stringify([{ name: 'x', search: 'order=other&said=hi&y=1' }, { name: 1 }, null])),
  ).toEqual([{ name: 'x', search: 'said=hi' }]);
});

test.each([null, '', '{', '{}', 'null'])('the stored text %j is no view', (text) => {
  expect(parseViews(text)).toEqual([]);
});

test('a view with the same name is replaced, and the number is limited', () => {
  const other = { name: 'Complaints', search: 'said=hi' };
  expect(withView([VIEW], other)).toEqual([other]);
  const many = Array.from({ length: MAX_VIEWS }, (_, i) => ({ name: `${i}`, search: '' }));
  expect(withView(many, VIEW)).toHaveLength(MAX_VIEWS);
  expect(withView(many, VIEW).at(-1)).toEqual(VIEW);
  expect(withoutView([VIEW], 'Complaints')).toEqual([]);
});
