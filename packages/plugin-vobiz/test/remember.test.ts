import { expect, it } from 'vitest';
import { remember } from '../src/remember.ts';

it('what is remembered last is forgotten last', () => {
  const entries = new Map<string, number>();
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
  ] as const) {
    remember(entries, key, value, 2);
  }
  expect([...entries]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});
