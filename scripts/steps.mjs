/** The steps that the scripts share. Plain JavaScript, because they run before dependencies are installed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const { packageManager, engines } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** The name and version of pnpm, without the hash. */
const pnpmSpec = packageManager.split('+')[0];

const INSTALL_FAILED =
  'Installing failed, for the reason above. It needs access to the npm registry, and SQLite is compiled, which needs Python 3, make and a C++ compiler: see README.md.';
const BUILD_FAILED = `Building failed, for the reason above. If the dependencies have changed, run: npx ${pnpmSpec} install`;

/** How often to check whether the parent process still exists, ms. */
const PARENT_CHECK_MS = 1000;

/** Exits with a message if the version of Node.js is too old. */
export function requireNode() {
  const wanted = engines.node.match(/\d+/g).map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  process.stderr.write(
    `Sidetone needs Node ${wanted.join('.')} or newer; this is ${process.versions.node}.\n`,
  );
  process.exit(1);
}

/** Prints a headline. */
export function say(text) {
  process.stdout.write(`\n\u001B[1m${text}\u001B[0m\n`);
}

/**
 * Runs a command in the root folder with the terminal of this process, and passes signals on, so that it can shut down
 * properly on Ctrl-C. Resolves with its exit code.
 */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const onWindows = process.platform === 'win32';
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', shell: onWindows });
    // The terminal sends SIGINT to the child too, so this process only has to wait for it.
    const ignore = () => undefined;
    const terminate = () => child.kill('SIGTERM');
    process.on('SIGINT', ignore);
    process.on('SIGTERM', terminate);
    // A signal to npm ends its shell, which does not pass it on. A changed parent means that the shell has ended.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && terminate(), PARENT_CHECK_MS);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      process.off('SIGINT', ignore);
      process.off('SIGTERM', terminate);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Runs a command, and exits with its exit code if it fails, after the output of the command and an explanation. */
export async function must(command, args, explanation = '') {
  const code = await run(command, args);
  if (code === 0) return;
  if (explanation !== '') process.stderr.write(`\n${explanation}\n`);
  process.exit(code);
}

/** Returns the daemon's command for these arguments: `start` with a configuration, else `demo`. */
export function commandOf(args) {
  const isConfigured = args.some((arg) => arg === '-c' || arg === '--config' || arg.startsWith('--config='));
  return isConfigured ? 'start' : 'demo';
}

/** Returns the command that installs the dependencies, for messages. */
export const INSTALL_COMMAND = `npx ${pnpmSpec} install`;

/** Runs the release of pnpm that package.json pins, with npx, so that it need not be installed. Resolves with its exit code. */
export const pnpm = (...args) =>
  run('npx', ['--yes', `--package=${pnpmSpec}`, '--', 'node', 'scripts/pnpm.mjs', ...args]);

/** The folders whose dependencies are used by tests alone: GraphQL clients with their compilers, and the control of a browser. */
export const TESTS_ONLY = ['./e2e', './packages/daemon/test/clients', './packages/daemon/test/postgres'];

/** Installs the dependencies from the lockfile: all of them, or those that building and running require. */
export async function install({ withTests = true } = {}) {
  say('Installing (takes a minute or two the first time, because SQLite is compiled)');
  const filters = withTests ? [] : TESTS_ONLY.map((folder) => `--filter=!${folder}`);
  const code = await pnpm('install', '--frozen-lockfile', ...filters);
  if (code === 0) return;
  process.stderr.write(`\n${INSTALL_FAILED}\n`);
  process.exit(code);
}

export async function build() {
  say('Building');
  for (const [script, ...args] of [
    ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'],
    ['packages/dashboard/scripts/build.mjs'],
    ['packages/daemon/scripts/build-graphiql.mjs'],
    ['packages/daemon/scripts/build-bundle.mjs'],
  ]) {
    await must(process.execPath, [`${ROOT}/${script}`, ...args], BUILD_FAILED);
  }
}

/**
 * Copies what a server needs to a new folder, from installed and built packages. Those of the workspace are copied instead of
 * linked; the others are those of the lockfile. Resolves with an exit code.
 */
export const deployTo = (folder) =>
  pnpm('--config.inject-workspace-packages=true', '--filter=@sidetone/server', 'deploy', '--prod', folder);

/** Packs all packages of `packages/` as tarballs, from a build. Resolves with an exit code. */
export const packTo = (folder) => pnpm('-r', '--filter=./packages/*', 'pack', '--pack-destination', folder);
