/** `npm start`: installs, builds and runs. Without `--config` it runs the demo. */
import { build, install, requireNode, ROOT, run, say } from './steps.mjs';

const args = process.argv.slice(2);
const isConfigured = args.some((arg) => arg === '-c' || arg === '--config' || arg.startsWith('--config='));

requireNode();
await install();
await build();
say(isConfigured ? 'Starting the daemon' : 'Starting the demo');
const command = isConfigured ? 'start' : 'demo';
process.exitCode = await run(process.execPath, [`${ROOT}/packages/daemon/bin/sidetone.js`, command, ...args]);
