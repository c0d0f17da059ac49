import { expect, test } from 'vitest';
import { createTokenShelf } from '../page/session/token.ts';

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

test('a token is kept for the tab when that was asked for, and a reload finds it', () => {
  const tab = storage();
  createTokenShelf(tab).put('secret', true);
  expect(createTokenShelf(tab).read()).toBe('secret');
});

test('else it is in memory alone, and an older one is not left behind', () => {
  const tab = storage();
  createTokenShelf(tab).put('older', true);
  const shelf = createTokenShelf(tab);
  shelf.put('secret', false);
  expect(shelf.read()).toBe('secret');
  expect(tab.kept.size).toBe(0);
});

test('whoever signs out leaves nothing', () => {
  const tab = storage();
  const shelf = createTokenShelf(tab);
  shelf.put('secret', true);
  shelf.clear();
  expect([shelf.read(), tab.kept.size]).toEqual([undefined, 0]);
});
