import { createFakeHost } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { compareAndSet } from '../src/index.ts';

test.each([true, false])('replaces only the expected value (host with the method: %s)', async (hasMethod) => {
  const { state: full } = createFakeHost();
  const { compareAndSet: _missing, ...older } = full;
  const state = hasMethod ? full : older;
  expect(await compareAndSet(state, 'key', undefined, 'a')).toBe(true);
  expect(await compareAndSet(state, 'key', undefined, 'b')).toBe(false);
  expect(await compareAndSet(state, 'key', 'a', 'c')).toBe(true);
  expect(await compareAndSet(state, 'key', 'a', undefined)).toBe(false);
  expect(await state.get('key')).toBe('c');
  expect(await compareAndSet(state, 'key', 'c', undefined)).toBe(true);
  expect([...full.entries]).toEqual([]);
});
