/** Where a plugin failed to load, from the error that Node.js throws. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { findLoadLocation, locationIn } from '../../src/plugins/load-location.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Writes the files, and returns the error with which Node.js fails to import `index.mjs`: tests have a loader of their own. */
function failureOf(folder: string, files: Readonly<Record<string, string>>): Error {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const program = `import(${JSON.stringify(pathToFileURL(join(folder, 'index.mjs')).href)})
    .catch(({ name, stack }) => console.log(JSON.stringify({ name, stack })))`;
  const printed = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  const { name, stack } = JSON.parse(printed) as { name: string; stack: string };
  return Object.assign(name === 'SyntaxError' ? new SyntaxError() : new Error(), { stack });
}

test.each([
  ['an exception', { 'index.mjs': 'export default 1;\n\nnothing();' }, 'index.mjs:3'],
  ['a syntax error', { 'index.mjs': 'export default {\n  a: 1\n  b: 2 };' }, 'index.mjs:3'],
  ['an unfinished file', { 'index.mjs': 'export default {\n' }, 'index.mjs:2'],
  [
    'a syntax error in a module that it imports',
    { 'index.mjs': 'import "./lib/wire.mjs";', 'lib/wire.mjs': 'const a = 1;\nconst a = 2;' },
    'lib/wire.mjs:2',
  ],
  [
    'a name that a module does not export',
    {
      'index.mjs': '\nimport { parse } from "./wire.mjs";\nparse();',
      'wire.mjs': 'export const read = 1;',
    },
    'index.mjs:2',
  ],
  [
    'a module that is missing, which the message names',
    { 'index.mjs': 'import "./nowhere.mjs";' },
    undefined,
  ],
] as const)('%s', async (_name, files, expected) => {
  const folder = tempDir();
  const error = failureOf(folder, files);
  const found = await findLoadLocation(error, pathToFileURL(join(folder, 'index.mjs')).href);
  expect(found).toBe(expected && join(folder, expected));
});

test('frames of Node.js and of the daemon are no location of the plugin', () => {
  const own = new URL('../../src/plugins/load.ts', import.meta.url).href;
  const stack = `Error: x\n    at async ModuleLoader.import (node:internal/modules/esm/loader:606:24)\n    at load (${own}:50:3)`;
  expect(locationIn(stack)).toBeUndefined();
  expect(locationIn(`${stack}\n    at Object.create (file:///plugins/a.js:7:1)`)).toBe('/plugins/a.js:7');
});
