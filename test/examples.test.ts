/** What holds for the examples: they are plain JavaScript, and as checked as the rest. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('the types of the providers among them are right', async () => {
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'examples/tsconfig.json', '--pretty', 'false'];
  const said = await run(process.execPath, tsc).then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
  expect(said).toBe('');
});

test('a provider of a real protocol takes less than three hundred lines of code', () => {
  const folder = 'examples/twilio-provider';
  const sources = readdirSync(folder).filter(
    (name) => name.endsWith('.js') && !name.startsWith('conformance'),
  );
  const lines = sources.flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').split('\n'));
  const code = lines.filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line));
  expect(code.length).toBeGreaterThan(200);
  expect(code.length).toBeLessThan(300);
});
