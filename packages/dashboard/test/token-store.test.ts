import { expect, test } from 'vitest';
import { createTokenStore } from '../page/session/token-store.ts';

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
  createTokenStore(tab).put('secret', true);
  expect(createTokenStore(tab).read()).toBe('secret');
});

test('else it is in memory alone, and an older one is not left behind', () => {
  const tab = storage();
  createTokenStore(tab).put('older', true);
  const tokens = createTokenStore(tab);
  tokens.put('secret', false);
  expect(tokens.read()).toBe('secret');
  expect(tab.kept.size).toBe(0);
});

test('whoever signs out leaves nothing', () => {
  const tab = storage();
  const tokens = createTokenStore(tab);
  tokens.put('secret', true);
  tokens.clear();
  expect([tokens.read(), tab.kept.size]).toEqual([undefined, 0]);
});
