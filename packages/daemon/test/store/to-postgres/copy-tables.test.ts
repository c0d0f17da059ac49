import { expect, test } from 'vitest';
import { batchesOf } from '../../../src/store/to-postgres/copy-tables.ts';
import type { SourceRow } from '../../../src/store/to-postgres/source.ts';

const row = (text: string): SourceRow => ({ key: [text], values: [text, null], isChanged: false });
const sizesOf = (texts: readonly string[], rows: number, characters: number): readonly number[] =>
  [...batchesOf(texts.map(row), rows, characters)].map((batch) => batch.length);

test('batches end after a number of rows, or of characters', () => {
  expect(sizesOf([], 2, 100)).toEqual([]);
  expect(sizesOf(['a', 'b', 'c', 'd', 'e'], 2, 100)).toEqual([2, 2, 1]);
  expect(sizesOf(['a', 'long text', 'b', 'c', 'long text'], 9, 5)).toEqual([2, 3]);
});

test('rows are read when a batch needs them', () => {
  let read = 0;
  function* rows(): Generator<SourceRow> {
    for (;;) yield row(String(read++));
  }
  const batches = batchesOf(rows(), 3, 100);
  batches.next();
  expect(read).toBe(3);
});
