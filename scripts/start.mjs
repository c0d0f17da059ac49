/** `npm start`: installs, builds, and runs the daemon, or the demo if there is no `--config`. */
import { build, commandOf, install, requireNode, ROOT, run, say } from './steps.mjs';

const args = process.argv.slice(2);
const command = commandOf(args);

requireNode();
await install({ withTests: false });
await build();
say(command === 'start' ? 'Starting the daemon' : 'Starting the demo');
process.exitCode = await run(process.execPath, [`${ROOT}/packages/daemon/bin/sidetone.js`, command, ...args]);
