/** Loads one invalid plugin together with a valid one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { NO_COUNTRIES } from '../../../src/calls/numbers/countries.ts';
import { LOAD_TIMEOUT_MS } from '../../../src/plugins/load.ts';
import type { StateStore } from '../../../src/plugins/ports.ts';
import {
  ProviderRegistry,
  type ProviderRegistryDeps,
} from '../../../src/plugins/provider/provider-registry.ts';
import { until } from '../../support/daemon.ts';
import { createTestLog } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = tempDir();
let count = 0;
let clock: FakeClock;
beforeEach(() => void (clock = createFakeClock()));

const OPTIONS = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`;
const plugin = (create: string, options = OPTIONS): string =>
  `export default { name: 'x', displayName: 'X', contract: 1, options: ${options}, create: ${create} };`;
const GOOD = plugin('() => ({ start: async () => {}, stop: async () => {} })');

/** Set by a module right before it hangs. */
const hanging = ((globalThis as { sidetoneHanging?: { isReported: boolean } }).sidetoneHanging ??= {
  isReported: false,
});
const REPORT_HANG = 'globalThis.sidetoneHanging.isReported = true;';

function registryOf(
  sources: Record<string, string>,
  further: Partial<ProviderRegistryDeps> = {},
): ProviderRegistry {
  const folder = join(dir, String(count++));
  mkdirSync(folder);
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, `${name}.mjs`), source);
  const providers = Object.keys(sources).map((name) => [
    name,
    { plugin: `./${name}.mjs`, options: {}, recording: {} },
  ]);
  const deps: Partial<ProviderRegistryDeps> = {
    config: Object.fromEntries(providers) as ProviderRegistryDeps['config'],
    baseDir: folder,
    clock,
    random: () => 1,
    log: createTestLog().log,
    liveCalls: () => [],
    countries: NO_COUNTRIES,
    stateStore: { isShared: false } as StateStore,
    ...further,
  };
  return new ProviderRegistry(deps as ProviderRegistryDeps);
}

describe('a plugin is FAILED and others run if', () => {
  test.each([
    [
      'its options schema throws',
      plugin('() => ({})', OPTIONS.replace('({ value })', '{ throw new Error("no"); }')),
      /validation of its options threw an exception/,
    ],
    [
      'a property of the plugin throws',
      `export default new Proxy({}, { get() { throw new Error('no'); } });`,
      /reading a property threw an exception/,
    ],
    ['create throws', plugin('() => { throw new Error("no"); }'), /create threw an exception: no/],
    ['create returns undefined', plugin('() => undefined'), /an object without start/],
    ['create returns an incomplete object', plugin('() => ({ start() {} })'), /an object without stop/],
    [
      'a property of the provider throws',
      plugin('() => ({ start() {}, stop() {}, get controls() { throw new Error("no"); } })'),
      /reading a property of the provider threw an exception: no/,
    ],
  ])('%s', async (_when, source, message) => {
    const registry = registryOf({ bad: source, good: GOOD });
    await registry.load();
    await registry.start();
    const [bad, good] = registry.list();
    expect([bad?.state, good?.state]).toEqual(['FAILED', 'RUNNING']);
    expect(bad?.stateMessage).toMatch(message);
    await registry.stop();
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['loading its module hangs', `${REPORT_HANG} await new Promise(() => {});`, /load timed out after 15 s/],
    [
      'the validation of its options hangs',
      plugin(
        '() => ({})',
        OPTIONS.replace('({ value })', `{ ${REPORT_HANG} return new Promise(() => {}); }`),
      ),
      /validation of its options timed out/,
    ],
  ])('%s', async (_when, source, message) => {
    const registry = registryOf({ bad: source, good: GOOD });
    hanging.isReported = false;
    const loading = registry.load();
    await until(() => hanging.isReported && clock.pending === 1, 'the valid plugin is loaded');
    await clock.advance(LOAD_TIMEOUT_MS);
    await loading;
    await registry.start();
    expect(registry.get(providerId('good'))?.state).toBe('RUNNING');
    expect(registry.get(providerId('bad'))?.stateMessage).toMatch(message);
  });
});

test('invalid options fail the start of the daemon', async () => {
  const invalid = OPTIONS.replace('({ value })', '({ issues: [{ message: "wrong" }] })');
  await expect(registryOf({ bad: plugin('() => ({})', invalid) }).load()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});

test('a plugin that does not verify its requests fails the start of the daemon', async () => {
  const unverified = plugin(`() => {
    throw new FaultError('CONFIG_UNVERIFIED', 'webhook: expected a secret');
  }`);
  const core = import.meta.resolve('@sidetone/core');
  const source = `import { FaultError } from ${JSON.stringify(core)};\n${unverified}`;
  await expect(registryOf({ good: GOOD, bad: source }).load()).rejects.toMatchObject({
    code: 'CONFIG_UNVERIFIED',
    message: 'providers.bad.options.webhook: expected a secret',
  });
});

test('the start fails with the reason of each plugin if none can be loaded', async () => {
  const registry = registryOf({ one: 'throw new Error("no");', other: 'export default 42;' });
  await expect(registry.load()).rejects.toMatchObject({
    code: 'PLUGINS_UNUSABLE',
    kind: 'config',
    message: expect.stringMatching(
      /^no provider can work\n {2}providers\.one: .*load failed: no.* \[PLUGIN_LOAD_FAILED\]\n {2}providers\.other: .*\[PLUGIN_INVALID\]\n$/,
    ) as string,
  });
});

test('the start succeeds without providers', async () => {
  const registry = registryOf({});
  await registry.load();
  expect(registry.list()).toEqual([]);
});

test('the invalid options of all plugins are reported at once', async () => {
  const invalid = OPTIONS.replace(
    '({ value })',
    '({ issues: [{ message: "wrong", path: ["a"] }, { message: "missing", path: ["b"] }] })',
  );
  const source = plugin('() => ({})', invalid);
  await expect(registryOf({ one: source, good: GOOD, other: source }).load()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: [
      '4 errors',
      '  providers.one.options.a: wrong [CONFIG_INVALID]',
      '  providers.one.options.b: missing [CONFIG_INVALID]',
      '  providers.other.options.a: wrong [CONFIG_INVALID]',
      '  providers.other.options.b: missing [CONFIG_INVALID]',
      '',
    ].join('\n'),
  });
});

describe('the id of a placed call', () => {
  const placing = (id: string, grammar = ''): string =>
    plugin(
      `() => ({ start: async () => {}, stop: async () => {}, placeCall: async () => ${JSON.stringify(id)} })`,
    ).replace('contract: 1,', `contract: 1, ${grammar}`);

  async function place(source: string) {
    const accept = vi.fn(async () => 'call_1');
    const registry = registryOf({ caller: source }, { ingest: { acceptAnywhere: accept } as never });
    await registry.load();
    await registry.start();
    const placed = registry.get(providerId('caller'))!.placeCall({ to: '' }, 'cmd_1' as never);
    const outcome = await placed.catch((error: unknown) => (error as { code?: string }).code);
    await registry.stop();
    return { outcome, accepted: accept.mock.calls.length };
  }

  test.each([
    ['..', ''],
    ['../calls', ''],
    [String.raw`a\b`, ''],
    ['a\n', ''],
    ['x'.repeat(257), ''],
    ['c1', 'callIdPattern: /^[0-9]+$/,'],
  ])('%j is rejected if the provider cannot have it, and no call is created', async (id, grammar) => {
    expect(await place(placing(id, grammar))).toEqual({ outcome: 'PROVIDER_ID_INVALID', accepted: 0 });
  });

  test.each([
    ['c1', ''],
    ['17', 'callIdPattern: /^[0-9]+$/,'],
  ])('%j creates its call', async (id, grammar) => {
    expect(await place(placing(id, grammar))).toEqual({ outcome: 'call_1', accepted: 1 });
  });
});
