/**
 * Runs pnpm, if it is the release that package.json pins by its hash. Started by `steps.mjs` through npx, which installs
 * pnpm in its cache and checks only that the registry sent what it announced.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Returns the `node_modules` folder of npx: that of the first folder of programs on the path with pnpm beside it. */
function findModules() {
  const folders = (process.env.PATH ?? '').split(delimiter).map((programs) => join(programs, '..'));
  return folders.find((modules) => existsSync(join(modules, 'pnpm', 'package.json')));
}

/** Returns the hash of the installed tarball, in the notation of npm, or undefined. */
function installedIntegrity(modules) {
  const lockfile = join(modules, '.package-lock.json');
  return existsSync(lockfile) ? read(lockfile).packages['node_modules/pnpm']?.integrity : undefined;
}

const { packageManager } = read(new URL('../package.json', import.meta.url));
const [spec, hash] = packageManager.split('+sha512.');
const expected = `sha512-${Buffer.from(hash, 'hex').toString('base64')}`;
const modules = findModules();
const installed = modules && installedIntegrity(modules);
if (installed !== expected) {
  process.stderr.write(
    `${spec} is not the pinned release: expected ${expected}, received ${installed ?? 'no hash'}.\n` +
      'Delete the folder _npx in the cache of npm (`npm config get cache`) and try again. If it fails again, the registry ' +
      'serves another file: do not install.\n',
  );
  process.exit(1);
}
const program = join(modules, 'pnpm', 'bin', 'pnpm.cjs');
process.argv[1] = program;
await import(pathToFileURL(program).href);
