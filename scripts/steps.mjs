/** The steps that `npm start` and `npm test` share. Plain JavaScript: it runs before anything is installed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const { packageManager, engines } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** How often we look whether the process that started us is still there. */
const PARENT_CHECK_MS = 1000;

/** Ends with a sentence instead of a stack where Node is too old for what comes. */
export function requireNode() {
  const wanted = engines.node.match(/\d+/g).map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  process.stderr.write(
    `Sidetone needs Node ${wanted.join('.')} or newer; this is ${process.versions.node}.\n`,
  );
  process.exit(1);
}

/** Says what happens now. */
export function say(text) {
  process.stdout.write(`\n\u001B[1m${text}\u001B[0m\n`);
}

/**
 * Runs a command to its end, in the root, on this terminal. Signals are passed on, so that Ctrl-C ends it in its own
 * way. Resolves with its exit code.
 */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const onWindows = process.platform === 'win32';
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', shell: onWindows });
    // The terminal signals the child too; we only have to outlive it.
    const ignore = () => undefined;
    const pass = () => child.kill('SIGTERM');
    process.on('SIGINT', ignore);
    process.on('SIGTERM', pass);
    // A signal to npm ends its shell, which passes nothing on: without a parent there is nobody to run for.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && pass(), PARENT_CHECK_MS);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Runs a command that must succeed; its exit code is ours otherwise. */
export async function must(command, args) {
  const code = await run(command, args);
  if (code !== 0) process.exit(code);
}

/** Returns the daemon's command for these arguments: `start` with a configuration, else `demo`. */
export function commandOf(args) {
  const isConfigured = args.some((arg) => arg === '-c' || arg === '--config' || arg.startsWith('--config='));
  return isConfigured ? 'start' : 'demo';
}

/** Returns the command that installs the dependencies, for messages. */
export const INSTALL_COMMAND = `npx ${packageManager} install`;

/** pnpm at the version that package.json pins, fetched by npx: it need not be installed. */
export const pnpm = (...args) => must('npx', ['--yes', packageManager, ...args]);

/** Installs exactly what the lockfile says. */
export async function install() {
  say('Installing (the first time takes a minute or two: SQLite may be compiled for this machine)');
  await pnpm('install', '--frozen-lockfile');
}

export async function build() {
  say('Building');
  await must(process.execPath, [`${ROOT}/node_modules/typescript/bin/tsc`, '-b', 'tsconfig.build.json']);
  await must(process.execPath, [`${ROOT}/packages/dashboard/scripts/build.mjs`]);
}
