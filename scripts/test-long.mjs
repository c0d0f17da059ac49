/** `npm run test:long`: installs, builds, and runs the long tests. Arguments are passed on to vitest. */
import { build, install, must, requireNode, ROOT, say } from './steps.mjs';

requireNode();
await install();
await build();
say('Running the long tests');
const vitest = `${ROOT}/node_modules/vitest/vitest.mjs`;
await must(process.execPath, [vitest, 'run', '--project=long', ...process.argv.slice(2)]);
