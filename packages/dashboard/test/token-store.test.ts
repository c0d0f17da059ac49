import { expect, test } from 'vitest';
import { createTokenStore } from '../page/session/token-store.ts';

function storage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

test('stores a persistent token for the tab', () => {
  const tab = storage();
  createTokenStore(tab).write('secret', true);
  expect(createTokenStore(tab).read()).toBe('secret');
});

test('keeps any other token in memory only and removes an older stored one', () => {
  const tab = storage();
  createTokenStore(tab).write('older', true);
  const tokens = createTokenStore(tab);
  tokens.write('secret', false);
  expect(tokens.read()).toBe('secret');
  expect(tab.items.size).toBe(0);
});

test('clears the token on sign-out', () => {
  const tab = storage();
  const tokens = createTokenStore(tab);
  tokens.write('secret', true);
  tokens.clear();
  expect([tokens.read(), tab.items.size]).toEqual([undefined, 0]);
});
