/**
 * Reads the import lines and fails on a wrong arrow.
 * Packages: core <- plugin-kit <- plugins, testkit, daemon; the simulator and the dashboard import none of them.
 * Inside the daemon: main -> cli -> daemon -> container -> composition -> http -> graphql -> feature folders -> core. The store implements
 * ports of the feature folders; no feature folder imports it.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { filesBelow, PACKAGES, sourcesOf } from './support/files.ts';
import { importsIn, isBuiltin, outside, packageOf, targetOf, type Import } from './support/imports.ts';

/** Returns the imports of a package's sources; of every package without a name. */
function importsOf(name?: string): Import[] {
  const files = (name === undefined ? PACKAGES : [name]).flatMap(sourcesOf);
  expect(files.length).toBeGreaterThan(0);
  return importsIn(files);
}

describe('a package imports only', () => {
  const ALLOWED: Record<string, readonly string[]> = {
    core: [],
    'plugin-kit': ['@sidetone/core', 'libphonenumber-js', 'node:crypto', 'node:buffer'],
    testkit: ['@sidetone/core', '@sidetone/plugin-kit', 'node:v8', 'node:vm'],
    'create-sidetone-plugin': ['node:fs', 'node:path', 'node:url', 'node:util', 'node:readline'],
    'plugin-deepgram': ['@sidetone/core', '@sidetone/plugin-kit', 'zod'],
    'plugin-vapi': [
      '@sidetone/core',
      '@sidetone/plugin-kit',
      'zod',
      'node:crypto',
      'node:buffer',
      'node:worker_threads',
    ],
    'plugin-vobiz': ['@sidetone/core', '@sidetone/plugin-kit', 'zod', 'node:crypto'],
  };
  test.each(Object.entries(ALLOWED))('%s: %j', (name, allowed) => {
    const wrong = outside(importsOf(name)).filter(({ to }) => !allowed.includes(packageOf(to)));
    expect(wrong).toEqual([]);
  });

  test('simulator: nothing of ours, so that it shares no wire code with the plugins', () => {
    const wrong = importsOf('simulator').filter(({ to }) => to.startsWith('@sidetone/'));
    expect(wrong).toEqual([]);
  });

  test('daemon: core of ours, the testkit for two commands, and where the dashboard is; which plugins there are is a matter of configuration', () => {
    const ours = importsOf('daemon').filter(({ to }) => to.startsWith('@sidetone/'));
    expect(ours.filter(({ to }) => to !== '@sidetone/core' && to !== '@sidetone/plugin-kit')).toEqual([
      { from: 'packages/daemon/src/cli/actions/capture.ts', to: '@sidetone/testkit' },
      { from: 'packages/daemon/src/cli/actions/conform.ts', to: '@sidetone/testkit' },
      { from: 'packages/daemon/src/http/dashboard.ts', to: '@sidetone/dashboard' },
    ]);
    // In the commands alone, so that a start does not pay for it.
    for (const action of ['capture', 'conform'])
      expect(readFileSync(`packages/daemon/src/cli/actions/${action}.ts`, 'utf8')).not.toMatch(/^import /m);
  });

  test('dashboard: nothing of ours, so that the page uses the public API alone; all of it is bundled', () => {
    const { devDependencies } = JSON.parse(readFileSync('packages/dashboard/package.json', 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const page = importsIn(filesBelow('packages/dashboard/page').filter((file) => /\.tsx?$/.test(file)));
    expect(page.length).toBeGreaterThan(0);
    const wrong = outside(page).filter(({ to }) => !Object.hasOwn(devDependencies, packageOf(to)));
    expect(wrong).toEqual([]);
    const climbing = page.filter(
      ({ from, to }) =>
        to.startsWith('.') &&
        !new URL(to, `file:///${from}`).pathname.startsWith('/packages/dashboard/page/'),
    );
    expect(climbing).toEqual([]);
  });

  test('what its package.json names', () => {
    for (const name of PACKAGES) {
      const { dependencies = {} } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as {
        dependencies?: Record<string, string>;
      };
      const used = outside(importsOf(name))
        .map(({ to }) => to)
        .filter((to) => !isBuiltin(to))
        .map(packageOf);
      expect(new Set(used), name).toEqual(new Set(Object.keys(dependencies)));
    }
  });

  test('by relative paths that stay within it', () => {
    const wrong = importsOf().filter(({ from, to }) => {
      if (!to.startsWith('.')) return false;
      const target = targetOf({ from, to });
      return !target.startsWith(from.split('/').slice(0, 3).join('/'));
    });
    expect(wrong).toEqual([]);
  });
});

describe('inside the daemon', () => {
  /** The feature folders, and the folders that each may import from. Every one may import core and plugin-kit. */
  const FEATURES: Record<string, readonly string[]> = {
    access: ['metrics'],
    duties: [],
    calls: ['access', 'duties', 'files', 'loop', 'metrics'],
    history: ['access', 'calls'],
    live: ['calls'],
    audio: ['calls', 'live', 'loop'],
    capture: ['audio', 'calls', 'commands'],
    plugins: [
      'access',
      'calls',
      'config',
      'files',
      'live',
      'log-sampler.ts',
      'loop',
      'metrics',
      'system-clock.ts',
    ],
    commands: ['calls', 'plugins'],
    backfill: ['access', 'calls', 'commands', 'plugins'],
    listening: ['audio', 'calls', 'live'],
    recording: ['audio', 'calls', 'files', 'live', 'loop'],
    export: ['access', 'calls', 'history'],
    transcription: ['audio', 'calls', 'plugins'],
    redaction: ['calls'],
    mutations: ['calls', 'capture', 'commands', 'transcription'],
  };
  const ALL_FEATURES = Object.keys(FEATURES);
  /** Which parts a part may import from. A part is a folder of src, or a file in it. */
  const ARROWS: Record<string, readonly string[]> = {
    'main.ts': ['cli'],
    'index.ts': ['daemon.ts', 'config', 'log.ts'],
    // The store for the command that reads the audit log of a file.
    cli: [
      'export',
      'access',
      'cluster',
      'history',
      'files',
      'daemon.ts',
      'config',
      'log.ts',
      'plugins',
      'store',
      'system-clock.ts',
    ],
    testing: ['config', 'daemon.ts', 'log.ts', 'system-clock.ts'],
    'daemon.ts': [
      'access',
      'composition',
      'container.ts',
      'tokens.ts',
      'calls',
      'cluster',
      'config',
      'ids.ts',
      'metrics',
      'operator',
      'redaction',
      'system-clock.ts',
      'tracing',
    ],
    'container.ts': ['composition'],
    composition: [
      'tokens.ts',
      'cluster',
      'config',
      'files',
      'graphql',
      'http',
      'log-sampler.ts',
      'loop',
      'metrics',
      'store',
      'operator',
      'tracing',
      ...ALL_FEATURES,
    ],
    'tokens.ts': ['graphql', 'http', 'loop', 'metrics', 'operator', 'store', ...ALL_FEATURES],
    http: ['graphql', 'log-sampler.ts', 'loop', 'metrics', 'operator', 'tracing', ...ALL_FEATURES],
    graphql: ['loop', 'metrics', ...ALL_FEATURES],
    // Implements the ports of the features; no feature imports it.
    store: ['access', 'audio', 'calls', 'duties', 'files', 'history', 'loop', 'plugins', 'recording'],
    ...FEATURES,
    config: ['access'],
    files: [],
    'log.ts': ['log-format.ts', 'log-output.ts'],
    'log-format.ts': [],
    'log-output.ts': [],
    'log-sampler.ts': [],
    loop: ['log-sampler.ts'],
    // Counts and their format; it knows no feature.
    metrics: [],
    operator: ['access', 'config'],
    // Features report to it through ports.
    tracing: ['config'],
    // Implements what the calls need of other nodes.
    cluster: ['calls', 'config'],
    'ids.ts': [],
    'now-or-later.ts': [],
    'system-clock.ts': [],
  };
  /** What every part may import: it knows nothing of the daemon. */
  const COMMON = ['now-or-later.ts'];
  const partOf = (path: string): string => path.replace('packages/daemon/src/', '').split('/')[0]!;

  test('every arrow points where it may', () => {
    const imports = importsOf('daemon').filter(({ to }) => to.startsWith('.'));
    const wrong = imports.filter(({ from, to }) => {
      const part = partOf(from);
      const target = partOf(targetOf({ from, to }));
      return target !== part && ![...COMMON, ...(ARROWS[part] ?? [])].includes(target);
    });
    expect(wrong).toEqual([]);
  });

  test('every part has its arrows', () => {
    const parts = new Set(sourcesOf('daemon').map(partOf));
    expect([...parts].toSorted()).toEqual(Object.keys(ARROWS).toSorted());
  });

  test('only the composition knows tsyringe', () => {
    const users = importsOf('daemon').filter(({ to }) => /tsyringe|reflect-metadata/.test(to));
    expect(new Set(users.map(({ from }) => partOf(from)))).toEqual(
      new Set(['container.ts', 'composition', 'tokens.ts', 'daemon.ts']),
    );
  });
});

describe('inside a plugin', () => {
  /** The parts of each plugin from top to bottom. A part is a folder of src, or a file in it. */
  const LAYERS = {
    'plugin-vapi':
      'index.ts provider.ts ingress.ts session.ts control media webhook messages rest translate.ts wire.ts calls config.ts',
    'plugin-vobiz':
      'index.ts provider.ts ingress.ts session.ts control answer rest config.ts relay stream translate.ts calls webhook wire.ts',
    'plugin-deepgram':
      'index.ts transcriber.ts transcription.ts session.ts rest connection channels.ts translate.ts turns wire.ts audio config.ts',
  };

  test.each(Object.entries(LAYERS))('%s: each part imports only parts below it', (name, parts) => {
    const layers = parts.split(' ');
    const layerOf = (path: string): number =>
      layers.indexOf(path.replace(`packages/${name}/src/`, '').split('/')[0]!);
    expect(sourcesOf(name).filter((file) => layerOf(file) < 0)).toEqual([]);
    const wrong = importsOf(name)
      .filter(({ to }) => to.startsWith('.'))
      .filter((each) => layerOf(targetOf(each)) < layerOf(each.from));
    expect(wrong).toEqual([]);
  });
});

test('sister plugins have the same files', () => {
  const SISTERS = ['api.ts', 'config.ts', 'index.ts', 'ingress.ts', 'session.ts', 'translate.ts', 'wire.ts'];
  for (const plugin of ['plugin-vapi', 'plugin-vobiz']) {
    const files = sourcesOf(plugin).map((file) => file.split('/').at(-1));
    expect(files).toEqual(expect.arrayContaining(SISTERS));
  }
});
