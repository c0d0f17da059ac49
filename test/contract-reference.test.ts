/** The reference of the contract is printed from its sources: `npx vitest run test/contract-reference -u` prints it anew. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CONTRACT_FILES, contractReference, readContract } from './support/contract-reference.ts';

const INDEX = readFileSync('packages/core/src/index.ts', 'utf8');

test('docs/reference/contract.md is what the doc comments say', async () => {
  await expect(await contractReference()).toMatchFileSnapshot('../docs/reference/contract.md');
});

describe.each(CONTRACT_FILES)('%s', (file) => {
  const { intro, entries } = readContract(file);
  const names = entries.flatMap((entry) => entry.names);

  test('is read whole: every export is in the reference', () => {
    const source = readFileSync(`packages/core/src/${file}`, 'utf8');
    expect(names).toEqual([...source.matchAll(/^export \w+ (\w+)/gm)].map(([, name]) => name));
  });

  test('says what it is, and what everything in it is', () => {
    expect(intro).not.toBe('');
    expect(entries.filter(({ doc }) => doc === undefined).map((entry) => entry.names)).toEqual([]);
  });

  test('exports nothing that the package keeps to itself', () => {
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(INDEX))).toEqual([]);
  });
});
