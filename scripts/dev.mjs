/**
 * `npm run dev`: runs the daemon from its sources and restarts it on every change; the dashboard has its own dev server
 * with hot reload. Does not install and does not build. Arguments go to the daemon, as with `npm start`.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { commandOf, INSTALL_COMMAND, must, requireNode, ROOT, say } from './steps.mjs';

const args = process.argv.slice(2);
const tsx = `${ROOT}/node_modules/tsx/dist/cli.mjs`;
const vite = `${ROOT}/packages/dashboard/node_modules/vite/bin/vite.js`;

requireNode();
if (!existsSync(tsx) || !existsSync(vite)) {
  process.stderr.write(`Dependencies are missing: run \`${INSTALL_COMMAND}\` once.\n`);
  process.exit(1);
}

/** Files that are not imported by the daemon's process, or not as modules. */
const FURTHER_SOURCES = [
  'packages/*/src/**/*.ts',
  'packages/simulator/speech/*.json',
  'packages/daemon/demo/*.yaml',
  'packages/daemon/migrations/*.sql',
];

const daemon = [
  tsx,
  'watch',
  '--clear-screen=false',
  ...FURTHER_SOURCES.map((glob) => `--include=${glob}`),
  '--conditions=@sidetone/source',
  'packages/daemon/src/main.ts',
  commandOf(args),
  ...args,
];

await must(process.execPath, [`${ROOT}/packages/daemon/scripts/build-graphiql.mjs`]);
say('Running from sources: a change restarts the daemon');
const children = [
  spawn(process.execPath, daemon, { cwd: ROOT, stdio: 'inherit' }),
  spawn(process.execPath, [vite, '--clearScreen=false'], {
    cwd: `${ROOT}/packages/dashboard`,
    stdio: 'inherit',
  }),
];

let isStopping = false;
function stop() {
  if (isStopping) return;
  isStopping = true;
  for (const child of children) child.kill('SIGTERM');
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
for (const child of children) {
  child.on('exit', (code) => {
    if (!isStopping) process.exitCode = code ?? 1;
    stop();
  });
}
