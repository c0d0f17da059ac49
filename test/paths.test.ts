/** Finds ids that are encoded by hand: `encodeURIComponent('..')` is `..`, so a path is built with `path` of plugin-kit. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesBelow, PACKAGES } from './support/files.ts';

/** Files that encode something else than a segment of a request to a provider. */
const ALLOWED: Readonly<Record<string, string>> = {
  'packages/plugin-kit/src/path.ts': 'this is the builder',
  'packages/plugin-deepgram/src/connection/urls.ts': 'values of a query',
  'packages/plugin-vapi/src/calls/monitor-url.ts': 'compares a path that was received',
  'packages/plugin-vobiz/src/relay/agent-url.ts': 'placeholders in a URL of the operator',
};

test('paths of requests to providers are built with the path builder', () => {
  const plugins = PACKAGES.filter((name) => name.startsWith('plugin-'));
  const files = [...plugins.map((name) => `packages/${name}/src`), 'examples']
    .flatMap((folder) => filesBelow(folder))
    .filter((file) => /\.(ts|js|mjs)$/.test(file) && !/node_modules|\.test\./.test(file));
  const found = files.filter((file) => readFileSync(file, 'utf8').includes('encodeURIComponent('));
  expect(found.toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
});
