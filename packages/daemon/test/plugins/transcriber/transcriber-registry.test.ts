/** Loads one invalid transcriber plugin together with a valid one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { providerId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPlugin } from '../../../src/plugins/plugin-factory.ts';
import {
  ProviderRegistry,
  type ProviderRegistryDeps,
} from '../../../src/plugins/provider/provider-registry.ts';
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
const CREATED = '({ start: async () => {}, stop: async () => {}, open: () => {} })';
const GOOD = plugin(`() => ${CREATED}`);
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

function writePlugins(sources: Record<string, string>): TranscriberRegistryDeps['config'] {
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(dir, `${name}.mjs`), source);
  const ids = Object.keys(sources);
  return Object.fromEntries(ids.map((id) => [id, { plugin: `./${id}.mjs`, options: {} }]));
}

describe('a transcriber is FAILED with a reason, and others run, if', () => {
  test.each([
    ['create throws', plugin('() => { throw new Error("no"); }'), /create threw an exception: no/],
    [
      'create throws after it set a timer',
      plugin('(_options, host) => { host.clock.schedule(99_999, () => {}); throw new Error("no"); }'),
      /create threw an exception: no/,
    ],
    ['create returns undefined', plugin('() => undefined'), /an object without start/],
    ['create returns an object without stop', plugin('() => ({ start() {} })'), /an object without stop/],
    [
      'create returns an object without open',
      plugin('() => ({ start() {}, stop() {} })'),
      /an object without open/,
    ],
    [
      'a property of the transcriber throws',
      plugin('() => ({ start() {}, stop() {}, get open() { throw new Error("no"); } })'),
      /no/,
    ],
    ['its module throws', 'throw new Error("no");', /load failed: no/],
    [
      'it is a provider',
      PROVIDER,
      /expected a transcriber, received a provider; configure it under providers/,
    ],
    [
      'the validation of its options throws',
      plugin(`() => ${CREATED}`, { options: OPTIONS.replace('({ value })', '{ throw new Error("no"); }') }),
      /validation of its options threw an exception/,
    ],
  ])('%s', async (_when, source, message) => {
    const registry = registryOf(writePlugins({ bad: source, good: GOOD }));
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

  test('it is not found', async () => {
    const registry = registryOf({ missing: { plugin: './nowhere.mjs', options: {} } });
    await registry.load();
    expect(registry.get('missing')).toMatchObject({
      displayName: 'missing',
      plugin: './nowhere.mjs',
      state: 'FAILED',
      stateMessage: expect.stringContaining('plugin ./nowhere.mjs: not found from') as string,
    });
    expect(lines).toMatchObject([{ level: 'error', fields: { code: 'PLUGIN_NOT_FOUND' } }]);
  });

  test('its start fails, until a retry succeeds', async () => {
    const script = transcriberScript('late');
    script.start = () => Promise.reject(new Error('no network'));
    const options = { key: 'late' };
    const registry = registryOf({ deepgram: { plugin: './scripted-transcriber.ts', options } }, FIXTURES);
    const ran: string[] = [];
    registry.onRunning((id) => ran.push(id));
    await registry.load();
    await registry.start();
    expect(registry.get('deepgram')!.stateMessage).toMatch(/^no network\. .* The next attempt is at /);
    expect(ran).toEqual([]);
    script.start = async () => undefined;
    await clock.advance(1000);
    expect([registry.get('deepgram')!.state, ran]).toEqual(['RUNNING', ['deepgram']]);
    await registry.stop();
  });
});

describe('a transcriber', () => {
  test('has its key, its specifier and a display name', async () => {
    const registry = registryOf(writePlugins({ good: GOOD }));
    await registry.load();
    const { id, plugin: specifier, displayName, state, stateMessage } = registry.get('good')!;
    expect({ id, specifier, displayName, state, stateMessage }).toEqual({
      id: 'good',
      specifier: './good.mjs',
      displayName: 'X',
      state: 'STARTING',
      stateMessage: undefined,
    });
    expect(registry.get('missing')).toBeUndefined();
  });

  test('rejects transcriptions before it has started', async () => {
    const registry = registryOf(writePlugins({ good: GOOD }));
    await registry.load();
    expect(() => registry.get('good')!.open({} as never)).toThrow(
      expect.objectContaining({
        code: 'PROVIDER_NOT_RUNNING',
        message: 'the transcriber good is not running',
      }),
    );
  });

  test('with invalid options fails the start of the daemon, with the key and not the value', async () => {
    const options = { key: 42 };
    const registry = registryOf({ deepgram: { plugin: './scripted-transcriber.ts', options } }, FIXTURES);
    await expect(registry.load()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'transcribers.deepgram.options.key: expected a string',
    });
  });

  test('that is configured under providers is rejected there', async () => {
    const config = {
      deepgram: { plugin: './deepgram.mjs', options: {}, recording: {} },
    } as unknown as ProviderRegistryDeps['config'];
    writePlugins({ deepgram: GOOD });
    const registry = new ProviderRegistry({
      ...shared(),
      config,
      baseDir: dir,
      liveCalls: () => [],
    } as Partial<ProviderRegistryDeps> as ProviderRegistryDeps);
    await expect(registry.load()).rejects.toMatchObject({
      code: 'PLUGINS_UNUSABLE',
      message: expect.stringContaining(
        'expected a provider, received a transcriber; configure it under transcribers',
      ) as string,
    });
  });

  test('has its own state, separate from other transcribers and from a provider with the same name', async () => {
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

describe('loadPlugin', () => {
  test.each([
    ['a transcriber', GOOD, 'transcriber'],
    ['a provider', PROVIDER, 'provider'],
    ['a provider with its kind', plugin('() => {}', { kind: `'provider'` }), 'provider'],
  ] as const)('accepts %s only as its kind', async (_what, source, kind) => {
    writeFileSync(join(dir, 'it.mjs'), source);
    const other = kind === 'provider' ? 'transcriber' : 'provider';
    expect(await loadPlugin(kind, './it.mjs', dir, clock)).toMatchObject({ name: 'x' });
    await expect(loadPlugin(other, './it.mjs', dir, clock)).rejects.toMatchObject({
      code: 'PLUGIN_INVALID',
      message: `plugin ./it.mjs: expected a ${other}, received a ${kind}; configure it under ${kind}s`,
    });
  });
});
