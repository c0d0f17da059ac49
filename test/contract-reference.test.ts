/** Compares the contract reference with its sources. `npx vitest run test/contract-reference -u` regenerates it. */
import { readFileSync } from 'node:fs';
import { FAILURE_CODES } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { CONTRACT_FILES, contractReference, readContract } from './support/contract-reference.ts';

const INDEX = readFileSync('packages/core/src/index.ts', 'utf8');

test('docs/reference/contract.md matches the doc comments', async () => {
  await expect(await contractReference()).toMatchFileSnapshot('../docs/reference/contract.md');
});

test('the codes of commands are in the table of `Control`, and exist', () => {
  const { doc = '' } = readContract('contract.ts').entries.find(({ names }) => names.includes('Control'))!;
  const codes = [...doc.matchAll(/^\|.*\| `([A-Z_]+)` +\|$/gm)].map(([, code]) => code!);
  const daemons = ['PROVIDER_NOT_RUNNING', 'IDEMPOTENCY_CONFLICT', 'DAEMON_DRAINING'];
  const ofPlugins = FAILURE_CODES.filter((code) => !daemons.includes(code));
  expect(new Set(codes)).toEqual(new Set([...ofPlugins, 'INPUT_INVALID']));
});

describe.each(CONTRACT_FILES)('%s', (file) => {
  const { intro, entries } = readContract(file);
  const names = entries.flatMap((entry) => entry.names);

  test('has every export in the reference', () => {
    const source = readFileSync(`packages/core/src/${file}`, 'utf8');
    expect(names).toEqual([...source.matchAll(/^export \w+ (\w+)/gm)].map(([, name]) => name));
  });

  test('has a header comment and a doc comment for every export', () => {
    expect(intro).not.toBe('');
    expect(entries.filter(({ doc }) => doc === undefined).map((entry) => entry.names)).toEqual([]);
  });

  test('exports only what the package exports', () => {
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(INDEX))).toEqual([]);
  });
});
