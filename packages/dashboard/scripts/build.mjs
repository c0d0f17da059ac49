/** Builds the page, unless it was built of just these files: a start that changes nothing does not wait for it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const LOCK = fileURLToPath(new URL('../../../pnpm-lock.yaml', import.meta.url));
const BUILT = `${HERE}dist/page/index.html`;
const MARK = `${HERE}dist/page.sha256`;

const below = (folder) =>
  readdirSync(`${HERE}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`);

const sources = [...below('page'), ...below('public'), `${HERE}index.html`, `${HERE}vite.config.ts`, LOCK];
const hash = createHash('sha256');
for (const file of sources.toSorted()) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
const digest = hash.digest('hex');

if (!existsSync(BUILT) || !existsSync(MARK) || readFileSync(MARK, 'utf8') !== digest) {
  const { build } = await import('vite');
  await build({ configFile: `${HERE}vite.config.ts`, logLevel: 'warn' });
  writeFileSync(MARK, digest);
}
