/** Plugins that are wrong, each in its own way: the daemon has them all, and one that is good. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { providerId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { LOAD_TIMEOUT_MS } from '../../../src/plugins/load.ts';
import { ProviderRegistry, type RegistryDeps } from '../../../src/plugins/provider/provider-registry.ts';
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

/** Tells that a module is about to hang. */
const hanging = ((globalThis as { sidetoneHanging?: { isTold: boolean } }).sidetoneHanging ??= {
  isTold: false,
});
const HANG_TOLD = 'globalThis.sidetoneHanging.isTold = true;';

function registryOf(sources: Record<string, string>): ProviderRegistry {
  const folder = join(dir, String(count++));
  mkdirSync(folder);
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, `${name}.mjs`), source);
  const providers = Object.keys(sources).map((name) => [
    name,
    { plugin: `./${name}.mjs`, options: {}, recording: {} },
  ]);
  const deps: Partial<RegistryDeps> = {
    config: Object.fromEntries(providers) as RegistryDeps['config'],
    baseDir: folder,
    clock,
    random: () => 1,
    log: createTestLog().log,
    liveCalls: () => [],
  };
  return new ProviderRegistry(deps as RegistryDeps);
}

describe('a plugin is FAILED, and harms no other, when', () => {
  test.each([
    [
      'its options schema throws',
      plugin('() => ({})', OPTIONS.replace('({ value })', '{ throw new Error("no"); }')),
      /threw while it read its options/,
    ],
    [
      'it throws when it is looked at',
      `export default new Proxy({}, { get() { throw new Error('no'); } });`,
      /throws when it is looked at/,
    ],
    ['it throws when it is made', plugin('() => { throw new Error("no"); }'), /threw when it was made: no/],
    ['it makes nothing', plugin('() => undefined'), /has no start or no stop/],
    ['it makes no provider', plugin('() => ({ start() {} })'), /has no start or no stop/],
    [
      'what it makes throws when it is looked at',
      plugin('() => ({ start() {}, stop() {}, get controls() { throw new Error("no"); } })'),
      /cannot be used: no/,
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
    ['its module never gets done', `${HANG_TOLD} await new Promise(() => {});`, /did not load within 15 s/],
    [
      'its options schema never gets done',
      plugin('() => ({})', OPTIONS.replace('({ value })', `{ ${HANG_TOLD} return new Promise(() => {}); }`)),
      /does not get done with its options/,
    ],
  ])('%s', async (_when, source, message) => {
    const registry = registryOf({ bad: source, good: GOOD });
    hanging.isTold = false;
    const loading = registry.load();
    await until(() => hanging.isTold && clock.pending === 1, 'all but the bad one is loaded');
    await clock.advance(LOAD_TIMEOUT_MS);
    await loading;
    await registry.start();
    expect(registry.get(providerId('good'))?.state).toBe('RUNNING');
    expect(registry.get(providerId('bad'))?.stateMessage).toMatch(message);
  });
});

test('a mistake in options ends the start of the daemon', async () => {
  const wrong = OPTIONS.replace('({ value })', '({ issues: [{ message: "wrong" }] })');
  await expect(registryOf({ bad: plugin('() => ({})', wrong) }).load()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});
