import { expect, test } from 'vitest';
import { entryOf } from '../page/browser/release.ts';

test('finds the name of the entry script, wherever the document is', () => {
  const entry = 'index-D2eMOavT.js';
  for (const folder of ['./assets/', '../assets/', 'https://host/tools/assets/'])
    expect(
      entryOf(`<link href="./icon.svg"><script type="module" crossorigin src="${folder}${entry}">`),
    ).toBe(entry);
});

test('finds nothing in a document without a script', () => {
  expect(entryOf('<html><body><p>502</p></body></html>')).toBeUndefined();
});
