import { expect, test } from 'vitest';
import { rootOf } from '../page/api/root.ts';

test.each([
  ['https://example.com/assets/index-abc.js', '/'],
  ['https://example.com/sidetone/assets/index-abc.js', '/sidetone/'],
  ['http://[::1]:4000/tools/voice/assets/index-abc.js', '/tools/voice/'],
  ['http://localhost:5173/@vite/client', '/'],
])('the root of a page with the script %s is %s', (url, root) => {
  expect(rootOf(url)).toBe(root);
});
