import { describe, expect, test } from 'vitest';
import { keepLive, NO_SELECTION, selectRange, toggle, toggleAll } from '../page/selection/selection.ts';

const ROWS = ['a', 'b', 'c', 'd', 'e'];
const idsOf = ({ ids }: { readonly ids: ReadonlySet<string> }) => [...ids].toSorted().join('');

describe('the selection', () => {
  test('adds and removes calls', () => {
    const one = toggle(NO_SELECTION, 'b');
    expect(idsOf(toggle(one, 'd'))).toBe('bd');
    expect(idsOf(toggle(one, 'b'))).toBe('');
  });

  test('adds the rows between the last selected call and another one, in both directions', () => {
    expect(idsOf(selectRange(toggle(NO_SELECTION, 'b'), 'd', ROWS))).toBe('bcd');
    expect(idsOf(selectRange(toggle(NO_SELECTION, 'd'), 'b', ROWS))).toBe('bcd');
    expect(idsOf(selectRange(selectRange(toggle(NO_SELECTION, 'b'), 'c', ROWS), 'e', ROWS))).toBe('bcde');
  });

  test('starts a range at the call itself if there is no other, or if it has left the rows', () => {
    expect(idsOf(selectRange(NO_SELECTION, 'c', ROWS))).toBe('c');
    expect(idsOf(selectRange(toggle(NO_SELECTION, 'x'), 'c', ROWS))).toBe('cx');
  });

  test('selects all rows, then none', () => {
    const all = toggleAll(toggle(NO_SELECTION, 'b'), ROWS);
    expect(idsOf(all)).toBe('abcde');
    expect(idsOf(toggleAll(all, ROWS))).toBe('');
    expect(idsOf(toggleAll(NO_SELECTION, []))).toBe('');
  });

  test('loses calls that have ended, and stays the same object otherwise', () => {
    const two = toggle(toggle(NO_SELECTION, 'a'), 'b');
    expect(keepLive(two, () => true)).toBe(two);
    const one = keepLive(two, (id) => id !== 'b');
    expect(idsOf(one)).toBe('a');
    expect(one.anchor).toBeUndefined();
  });
});
