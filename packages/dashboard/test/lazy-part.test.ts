import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('no file uses lazy of React, which never requests a script again that could not be loaded', () => {
  const page = new URL('../page/', import.meta.url).pathname;
  const files = readdirSync(page, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.tsx') && /\blazy\(/.test(readFileSync(page + file, 'utf8')),
  );
  expect(files).toEqual([]);
});
