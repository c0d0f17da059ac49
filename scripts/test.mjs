/** `npm test`: installs, builds, and runs all checks, and the tests except the long ones. Arguments are passed on to vitest. */
import { build, install, must, requireNode, ROOT, say } from './steps.mjs';

const bin = (name) => `${ROOT}/node_modules/${name}`;
const node = (script, ...args) => must(process.execPath, [script, ...args]);

requireNode();
await install();
await build();
say('Checking formatting, lint, and types of tests');
await Promise.all([
  node(bin('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'),
  node(bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings').then(() =>
    node(bin('typescript/bin/tsc'), '-b', 'tsconfig.json'),
  ),
]);
say('Running tests, except the long ones: npm run test:long');
await node(bin('vitest/vitest.mjs'), 'run', '--project=!long', ...process.argv.slice(2));
