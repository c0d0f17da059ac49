/** Checks the examples, which are plain JavaScript with type annotations. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('the example providers pass the type checker', async () => {
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'examples/tsconfig.json', '--pretty', 'false'];
  const output = await run(process.execPath, tsc).then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
  expect(output).toBe('');
});

test('the Twilio provider has fewer than 300 lines of code besides imports', () => {
  const folder = 'examples/twilio-provider';
  const sources = readdirSync(folder).filter(
    (name) => name.endsWith('.js') && !name.startsWith('conformance'),
  );
  const lines = sources.flatMap((name) =>
    readFileSync(`${folder}/${name}`, 'utf8')
      .replaceAll(/^import [^;]*;$/gm, '')
      .split('\n'),
  );
  const code = lines.filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line));
  expect(code.length).toBeGreaterThan(200);
  expect(code.length).toBeLessThan(300);
});
