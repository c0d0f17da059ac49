/** The shape of the sources: no import cycles, functions that fit a screen or two, folders that can be read at a glance. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, PACKAGES, sourcesOf } from './support/files.ts';
import { cyclesIn } from './support/imports.ts';

const MAX_FUNCTION_LINES = 120;
const MAX_FILES_IN_A_FOLDER = 20;

const PAGE = filesBelow('packages/dashboard/page').filter((file) => /\.tsx?$/.test(file));
const SOURCES = [...PACKAGES.flatMap(sourcesOf), ...PAGE];

test.each(PACKAGES)('%s has no import cycle, type imports included', (name) => {
  expect(cyclesIn(name === 'dashboard' ? PAGE : sourcesOf(name))).toEqual([]);
});

describe('a function', () => {
  const START =
    /\bfunction\b|=> [{(]$|=>$|^\s*(?:async |static |override |\*|#)*[\w#]+\(.*\{$|^\s*(?:async |static |#)*[#\w]+(?:<[^>]*>)?\($/;
  const NO_FUNCTION = /^\s*(?:if|for|while|switch|return|class|interface)\b/;
  const indentOf = (line: string): number => /^ */.exec(line)![0].length;

  /** Returns the functions of a file with their number of lines. The formatter's indentation shows where each one ends. */
  function functionsIn(file: string): { readonly at: string; readonly lines: number }[] {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.flatMap((line, index) => {
      if (!START.test(line) || NO_FUNCTION.test(line)) return [];
      const after = lines.slice(index + 1);
      const end = after.findIndex(
        (text) => text !== '' && indentOf(text) <= indentOf(line) && !/^\s*[)\]}].*[{(]$/.test(text),
      );
      return [{ at: `${file}:${index + 1}`, lines: end + 2 }];
    });
  }

  const all = SOURCES.flatMap(functionsIn);

  test('is found by its indentation', () => {
    expect(all.length).toBeGreaterThan(2000);
    expect(all.filter(({ lines }) => lines > 60).length).toBeGreaterThan(5);
  });

  test(`has at most ${MAX_FUNCTION_LINES} lines`, () => {
    expect(all.filter(({ lines }) => lines > MAX_FUNCTION_LINES)).toEqual([]);
  });
});

test(`a folder has at most ${MAX_FILES_IN_A_FOLDER} source files`, () => {
  const counts = new Map<string, number>();
  for (const file of SOURCES) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MAX_FILES_IN_A_FOLDER)).toEqual([]);
});

test('the bundle of the daemon has every program that runs in a thread or a process of its own', () => {
  const bundle = readFileSync('packages/daemon/scripts/build-bundle.mjs', 'utf8');
  const programs = sourcesOf('daemon').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/new URL\('\.\/([\w-]+)\.js', import\.meta\.url\)/g)].map(
      ([, name]) => `${dirname(file).replace('packages/daemon/src/', '')}/${name}.js`,
    ),
  );
  expect(programs.length).toBeGreaterThan(3);
  expect(programs.filter((program) => !bundle.includes(`: '${program}'`))).toEqual([]);
});
