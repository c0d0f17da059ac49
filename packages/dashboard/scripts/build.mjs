/** Builds the page if its sources changed since the last build. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const LOCK = fileURLToPath(new URL('../../../pnpm-lock.yaml', import.meta.url));
const OUTPUT = `${HERE}dist/page/index.html`;
const DIGEST_FILE = `${HERE}dist/page.sha256`;

const filesIn = (folder) =>
  readdirSync(`${HERE}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`);

const sources = [
  ...filesIn('page'),
  ...filesIn('public'),
  `${HERE}index.html`,
  `${HERE}vite.config.ts`,
  LOCK,
];
const hash = createHash('sha256');
for (const file of sources.toSorted()) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
const digest = hash.digest('hex');

if (!existsSync(OUTPUT) || !existsSync(DIGEST_FILE) || readFileSync(DIGEST_FILE, 'utf8') !== digest) {
  const { build } = await import('vite');
  await build({ configFile: `${HERE}vite.config.ts`, logLevel: 'warn' });
  writeFileSync(DIGEST_FILE, digest);
}
