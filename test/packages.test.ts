/** Every package can be published as it is. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PUBLISHED } from './support/files.ts';

type Manifest = Readonly<Record<string, unknown>>;

const read = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

test.each(PUBLISHED)('%s says what it is, and is published for everyone with its provenance', (name) => {
  const manifest = read(`packages/${name}/package.json`);
  expect(manifest).toMatchObject({
    license: 'MIT',
    description: expect.stringMatching(/\.$/),
    type: 'module',
    engines: read('package.json')['engines'],
    files: expect.any(Array),
    publishConfig: { access: 'public', provenance: true },
  });
  expect(manifest['private']).toBeUndefined();
  expect(existsSync(`packages/${name}/README.md`)).toBe(true);
  const isPlugin = /^plugin-(?!kit$)/.test(name);
  expect((manifest['keywords'] as string[]).includes('sidetone-plugin')).toBe(isPlugin);
});
