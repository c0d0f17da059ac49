/** Reads documents, and the names of the code that they mention. */
import { readFileSync } from 'node:fs';
import { CALL_FACT_TYPES, FAULTS } from '@sidetone/core';
import { PACKAGES, sourcesOf } from './files.ts';

export const read = (path: string): string => readFileSync(path, 'utf8');

/** Returns the cells of each table row of a text. */
export const rowsIn = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|\s*-/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** Returns the cells of each table row of a document. */
export const rowsOf = (path: string): string[][] => rowsIn(read(path));

/** Returns the text of all sources. */
export const allCode = (): string => PACKAGES.flatMap(sourcesOf).map(read).join('\n');

/** Returns those names that are neither an error code, nor the type of an event, nor the code of a notice. */
export function unknownCodes(names: readonly string[]): string[] {
  const known = new Set<string>([...Object.keys(FAULTS), ...CALL_FACT_TYPES]);
  const code = allCode();
  const isInCode = (name: string): boolean => code.includes(`'${name}'`) || code.includes(`${name}:`);
  return names.filter((name) => !known.has(name) && !isInCode(name));
}

/** Returns every key of the configuration, as documented. */
export const configurationKeys = (): string[] =>
  rowsOf('docs/reference/configuration.md')
    .slice(1)
    .map(([key]) => key!.replaceAll('`', ''));
