/** `npm test`: installs, builds, and checks everything. Arguments go to the test runner. */
import { build, install, must, requireNode, ROOT, say } from './steps.mjs';

const bin = (name) => `${ROOT}/node_modules/${name}`;
const node = (script, ...args) => must(process.execPath, [script, ...args]);

requireNode();
await install();
await build();
say('Checking the formatting');
await node(bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.');
say('Checking the lint');
await node(bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings');
say('Checking the types of the tests');
await node(bin('typescript/bin/tsc'), '-b', 'tsconfig.json');
say('Running the tests');
await node(bin('vitest/vitest.mjs'), 'run', ...process.argv.slice(2));
