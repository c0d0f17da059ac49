import { beforeEach, expect, test } from 'vitest';
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

let tab: ReturnType<typeof storage>;
let device: ReturnType<typeof storage>;
beforeEach(() => {
  tab = storage();
  device = storage();
});

test('keeps a token for the tab', () => {
  createTokenStore(tab, device).write('secret', false);
  expect(createTokenStore(tab, device).read()).toBe('secret');
  expect(createTokenStore(storage(), device).read()).toBeUndefined();
});

test('keeps a token on the device only if the user chose that', () => {
  const tokens = createTokenStore(tab, device);
  tokens.write('secret', true);
  expect(createTokenStore(storage(), device).read()).toBe('secret');
  tokens.write('other', false);
  expect(device.items.size).toBe(0);
});

test('clears the token everywhere on sign-out', () => {
  const tokens = createTokenStore(tab, device);
  tokens.write('secret', true);
  tab.setItem([...device.items.keys()][0]!, 'older');
  tokens.clear();
  expect([tokens.read(), tab.items.size, device.items.size]).toEqual([undefined, 0, 0]);
});
