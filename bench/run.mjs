/** Runs a benchmark: `npm run bench -- relay --calls 50`. Without a name, lists them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('.', import.meta.url);
const script = (name) => fileURLToPath(new URL(`${name}/run.ts`, folder));
const names = readdirSync(folder)
  .filter((name) => existsSync(script(name)))
  .toSorted();
const [name, ...options] = process.argv.slice(2);
if (!names.includes(name)) {
  const problem = name === undefined ? 'name a benchmark' : `there is no benchmark ${name}`;
  process.stderr.write(`${problem}: npm run bench -- <${names.join(' | ')}> [options]\n`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ['--import', 'tsx', script(name), ...options], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
