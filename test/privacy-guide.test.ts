/** The configuration examples of the privacy guide are valid, and its queries fit the schema. */
import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { parseConfig } from '../packages/daemon/src/config/load.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const GUIDE = read('docs/guide/privacy.md');
const blocksOf = (language: string): readonly string[] =>
  [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text]) => text!);

test.each(blocksOf('yaml'))('accepts the configuration %#', (source) => {
  expect(parseConfig(source, 'privacy.yaml', {})).toMatchObject({});
});

test('has examples of configurations and queries', () => {
  expect([blocksOf('yaml').length > 0, blocksOf('graphql').length > 0]).toEqual([true, true]);
});

test.each(blocksOf('graphql'))('has a valid query %#', (source) => {
  const schema = buildSchema(read('docs/reference/schema.graphql'));
  expect(validate(schema, parse(source))).toEqual([]);
});
