/** Transcriber plugins that are wrong, each in its own way: the daemon has them all, and one that is good. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { providerId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPlugin } from '../../../src/plugins/load.ts';
import { ProviderRegistry, type RegistryDeps } from '../../../src/plugins/provider/provider-registry.ts';
import {
  TranscriberRegistry,
  type TranscriberRegistryDeps,
} from '../../../src/plugins/transcriber/transcriber-registry.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createStateStore } from '../../../src/store/plugin-state.ts';
import { transcriberScript } from '../../fixtures/scripted-transcriber.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const root = tempDir();
let count = 0;
let dir: string;
let clock: FakeClock;
let database: Database;
let lines: LogLine[];

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  clock = createFakeClock();
  database = openDatabase(join(dir, 'test.db'), 'normal');
});
afterEach(() => database.close());

const OPTIONS = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`;
const plugin = (create: string, { options = OPTIONS, kind = `'transcriber'` } = {}): string =>
  `export default { kind: ${kind}, name: 'x', displayName: 'X', contract: 1, options: ${options}, create: ${create} };`;
const MADE = '({ start: async () => {}, stop: async () => {}, open: () => {} })';
const GOOD = plugin(`() => ${MADE}`);
const PROVIDER = plugin('() => ({ start: async () => {}, stop: async () => {} })', { kind: 'undefined' });

function shared() {
  const testLog = createTestLog();
  lines = testLog.lines;
  const stateStore = createStateStore(database.db);
  return { clock, log: testLog.log, random: () => 1, socketMessageBytes: 1024, stateStore };
}

function registryOf(config: TranscriberRegistryDeps['config'], baseDir = dir): TranscriberRegistry {
  return new TranscriberRegistry({ ...shared(), config, baseDir });
}

function written(sources: Record<string, string>): TranscriberRegistryDeps['config'] {
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(dir, `${name}.mjs`), source);
  const ids = Object.keys(sources);
  return Object.fromEntries(ids.map((id) => [id, { plugin: `./${id}.mjs`, options: {} }]));
}

describe('a transcriber is FAILED with its own sentence, and harms no other, when', () => {
  test.each([
    ['it throws when it is made', plugin('() => { throw new Error("no"); }'), /threw when it was made: no/],
    [
      'it throws when it is made, and has begun something',
      plugin('(_options, host) => { host.clock.schedule(99_999, () => {}); throw new Error("no"); }'),
      /threw when it was made: no/,
    ],
    ['it makes nothing', plugin('() => undefined'), /what the plugin x makes has no start/],
    ['it makes what cannot stop', plugin('() => ({ start() {} })'), /makes has no stop/],
    ['it makes what hears nothing', plugin('() => ({ start() {}, stop() {} })'), /makes has no open/],
    [
      'what it makes throws when it is looked at',
      plugin('() => ({ start() {}, stop() {}, get open() { throw new Error("no"); } })'),
      /no/,
    ],
    ['its module does not load', 'throw new Error("no");', /could not be loaded: no/],
    ['it is a provider', PROVIDER, /is no transcriber but a provider: it belongs under providers/],
    [
      'its options schema throws',
      plugin(`() => ${MADE}`, { options: OPTIONS.replace('({ value })', '{ throw new Error("no"); }') }),
      /threw while it read its options/,
    ],
  ])('%s', async (_when, source, message) => {
    const registry = registryOf(written({ bad: source, good: GOOD }));
    await registry.load();
    await registry.start();
    expect(registry.list().map(({ id, state }) => [id, state])).toEqual([
      ['bad', 'FAILED'],
      ['good', 'RUNNING'],
    ]);
    expect(registry.get('bad')!.stateMessage).toMatch(message);
    expect(() => registry.get('bad')!.open({} as never)).toThrow(
      expect.objectContaining({ code: 'PROVIDER_NOT_RUNNING' }),
    );
    await registry.stop();
    expect(clock.pending).toBe(0);
  });

  test('it is not there', async () => {
    const registry = registryOf({ nobody: { plugin: './nowhere.mjs', options: {} } });
    await registry.load();
    expect(registry.get('nobody')).toMatchObject({
      displayName: 'nobody',
      plugin: './nowhere.mjs',
      state: 'FAILED',
      stateMessage: expect.stringContaining('the plugin ./nowhere.mjs was not found from') as string,
    });
    expect(lines).toMatchObject([{ level: 'error', fields: { code: 'PLUGIN_NOT_FOUND' } }]);
  });

  test('it does not start, until it does', async () => {
    const script = transcriberScript('late');
    script.start = () => Promise.reject(new Error('no network'));
    const options = { key: 'late' };
    const registry = registryOf({ ear: { plugin: './scripted-transcriber.ts', options } }, FIXTURES);
    const ran: string[] = [];
    registry.onRunning((id) => ran.push(id));
    await registry.load();
    await registry.start();
    expect(registry.get('ear')!.stateMessage).toMatch(/^no network\. .* The next attempt is at /);
    expect(ran).toEqual([]);
    script.start = async () => undefined;
    await clock.advance(1000);
    expect([registry.get('ear')!.state, ran]).toEqual(['RUNNING', ['ear']]);
    await registry.stop();
  });
});

describe('a transcriber', () => {
  test('is known by its key, what it was loaded from, and a name for people', async () => {
    const registry = registryOf(written({ good: GOOD }));
    await registry.load();
    const { id, plugin: specifier, displayName, state, stateMessage } = registry.get('good')!;
    expect({ id, specifier, displayName, state, stateMessage }).toEqual({
      id: 'good',
      specifier: './good.mjs',
      displayName: 'X',
      state: 'STARTING',
      stateMessage: undefined,
    });
    expect(registry.get('nobody')).toBeUndefined();
  });

  test('hears no call before it has started', async () => {
    const registry = registryOf(written({ good: GOOD }));
    await registry.load();
    expect(() => registry.get('good')!.open({} as never)).toThrow(
      expect.objectContaining({
        code: 'PROVIDER_NOT_RUNNING',
        message: 'the transcriber good is not running',
      }),
    );
  });

  test('whose options are wrong ends the start of the daemon, naming the key and not the value', async () => {
    const options = { key: 42 };
    const registry = registryOf({ ear: { plugin: './scripted-transcriber.ts', options } }, FIXTURES);
    await expect(registry.load()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'transcribers.ear.options.key: expected a string',
    });
  });

  test('that is put under providers is refused there', async () => {
    const config = {
      ear: { plugin: './ear.mjs', options: {}, recording: {} },
    } as unknown as RegistryDeps['config'];
    written({ ear: GOOD });
    const registry = new ProviderRegistry({
      ...shared(),
      config,
      baseDir: dir,
      liveCalls: () => [],
    } as Partial<RegistryDeps> as RegistryDeps);
    await registry.load();
    expect(registry.get(providerId('ear'))).toMatchObject({
      state: 'FAILED',
      stateMessage: expect.stringContaining(
        'is no provider but a transcriber: it belongs under transcribers in the configuration',
      ) as string,
    });
  });

  test('has a state of its own, apart from those of others, and from that of a provider of its name', async () => {
    const ids = ['one', 'two'];
    const config = ids.map((id) => [id, { plugin: './scripted-transcriber.ts', options: { key: id } }]);
    const registry = registryOf(Object.fromEntries(config) as TranscriberRegistryDeps['config'], FIXTURES);
    await registry.load();
    await registry.start();
    const [one, two] = ids.map((id) => transcriberScript(id).hosts.at(-1)!.state);
    const stateStore = createStateStore(database.db);
    stateStore.set(providerId('one'), 'token', "the provider's");
    await one!.set('token', "one's");
    await two!.set('token', "two's");
    await two!.set('other', 'x');
    expect(await one!.get('token')).toBe("one's");
    expect(await one!.list('')).toEqual([['token', "one's"]]);
    await two!.delete('token');
    expect(await two!.get('token')).toBeUndefined();
    expect(await one!.get('token')).toBe("one's");
    expect(stateStore.list(providerId('one'), '')).toEqual([['token', "the provider's"]]);
    await registry.stop();
  });
});

describe('a module', () => {
  test.each([
    ['a transcriber', GOOD, 'transcriber'],
    ['a provider', PROVIDER, 'provider'],
    ['a provider that says so', plugin('() => {}', { kind: `'provider'` }), 'provider'],
  ] as const)('that is %s is taken as one, and as nothing else', async (_what, source, kind) => {
    writeFileSync(join(dir, 'it.mjs'), source);
    const other = kind === 'provider' ? 'transcriber' : 'provider';
    expect(await loadPlugin('./it.mjs', dir, clock, kind)).toMatchObject({ name: 'x' });
    await expect(loadPlugin('./it.mjs', dir, clock, other)).rejects.toMatchObject({
      code: 'PLUGIN_INVALID',
      message: `the plugin ./it.mjs is no ${other} but a ${kind}: it belongs under ${kind}s in the configuration`,
    });
  });
});
