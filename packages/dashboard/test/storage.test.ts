import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { safeStorage } from '../page/browser/storage.ts';

const blocked = () =>
  safeStorage(() => {
    throw new DOMException('blocked', 'SecurityError');
  });

test('keeps values in memory if the browser blocks storage', () => {
  const storage = blocked();
  expect(storage.getItem('theme')).toBeNull();
  storage.setItem('theme', 'dark');
  expect(storage.getItem('theme')).toBe('dark');
  storage.removeItem('theme');
  expect(storage.getItem('theme')).toBeNull();
});

test('keeps a value in memory that the browser has no room for, and stores later ones', () => {
  const items = new Map<string, string>();
  let isFull = true;
  const storage = safeStorage(() => ({
    getItem: (key) => items.get(key) ?? null,
    setItem(key, value) {
      if (isFull) throw new DOMException('full', 'QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key) => void items.delete(key),
  }));
  storage.setItem('theme', 'dark');
  expect(storage.getItem('theme')).toBe('dark');
  isFull = false;
  storage.setItem('theme', 'light');
  expect([storage.getItem('theme'), items.get('theme')]).toEqual(['light', 'light']);
});

test('no other file uses the storages of the browser, which may throw', () => {
  const page = new URL('../page/', import.meta.url).pathname;
  const files = readdirSync(page, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && /\b(local|session)Storage\b/.test(readFileSync(page + file, 'utf8')),
  );
  expect(files).toEqual(['browser/storage.ts']);
});
