#!/usr/bin/env node
// Imports nothing and uses old syntax, so that a release of Node.js that is too old parses it and reports the reason.
const MINIMUM = [20, 19];
const EX_CONFIG = 78;

const version = process.versions.node.split('.').map(Number);
if (version[0] < MINIMUM[0] || (version[0] === MINIMUM[0] && version[1] < MINIMUM[1])) {
  process.stderr.write(
    'sidetone: Node.js ' +
      process.versions.node +
      ' is not supported, expected ' +
      MINIMUM.join('.') +
      ' or newer. Install a supported release of Node.js, or correct the path by which `node` is found. [NODE_UNSUPPORTED]\n',
  );
  process.exitCode = EX_CONFIG;
} else {
  void import('../dist/bundle/main.js');
}
