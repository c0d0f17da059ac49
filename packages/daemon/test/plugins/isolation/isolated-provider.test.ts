/** Isolated providers in the registry. The threads are of this process: a link with the plugin at its other end. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, providerCallId, providerId, type Call, type CommandId } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, expect, test } from 'vitest';
import { NO_COUNTRIES } from '../../../src/calls/numbers/countries.ts';
import { CAPABILITIES_TIMEOUT_MS } from '../../../src/plugins/isolation/isolated-provider.ts';
import { serveThread } from '../../../src/plugins/isolation/thread/thread-plugin.ts';
import type { StartThread, ThreadListener } from '../../../src/plugins/isolation/thread/threads.ts';
import type { StateStore } from '../../../src/plugins/ports.ts';
import {
  ProviderRegistry,
  type ProviderRegistryDeps,
} from '../../../src/plugins/provider/provider-registry.ts';
import { PLUGIN_BACK_OFF } from '../../../src/plugins/supervision/plugin-lifecycle.ts';
import { until } from '../../support/daemon.ts';
import { request } from '../../support/failing-plugins.ts';
import { atOnce, portPair } from '../../support/isolated.ts';
import { createTestLog, type LogLine } from '../../support/silent-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const ID = providerId('bell');
const COMMAND = 'cmd_1' as CommandId;
const dir = tempDir();
let files = 0;
let clock: FakeClock;
let lines: LogLine[];
/** The threads that were started, the newest last. */
let threads: { readonly listener: ThreadListener; isTerminated: boolean; isBlocked: boolean }[];
beforeEach(() => {
  clock = createFakeClock();
  threads = [];
});

const startThread: StartThread = ({ providerId: id, socketMessageBytes }, listener) => {
  const thread = { listener, isTerminated: false, isBlocked: false };
  threads.push(thread);
  const [near, far] = portPair((task) => void (thread.isBlocked || thread.isTerminated || task()));
  serveThread({
    providerId: id,
    clock,
    port: far,
    access: { socketMessageBytes },
    onOverrun: () => undefined,
    atEndOfTurn: atOnce,
  });
  return {
    port: near,
    ping: () => undefined,
    terminate: () => Promise.resolve(void (thread.isTerminated = true)),
  };
};

const PLUGIN = `{ start: async () => {}, stop: async () => {},
  controlsFor: ({ status }) => (status === 'RINGING' ? [] : ['END_CALL']),
  controls: { endCall: () => new Promise(() => {}) },
  ingress: { admitRequest: ({ path }) => (path === 'hook' ? { admit: true } : { admit: false, status: 404 }),
    request: async ({ path }) => (path === 'hook' ? { status: 204 } : new Promise(() => {})) } }`;

function registryOf(
  created: string,
  validate = '(value) => ({ value })',
  start: StartThread = startThread,
): ProviderRegistry {
  const name = `plugin-${files++}.mjs`;
  writeFileSync(
    join(dir, name),
    `export default { name: 'x', displayName: 'Bell', contract: 1, callIdPattern: /^b-/,
       options: { '~standard': { version: 1, vendor: 'test', validate: ${validate} } },
       create: (options, host) => (${created}) };`,
  );
  const testLog = createTestLog();
  lines = testLog.lines;
  const deps: Partial<ProviderRegistryDeps> = {
    config: {
      bell: { plugin: `./${name}`, isolate: true, options: {}, recording: {} },
    } as unknown as ProviderRegistryDeps['config'],
    baseDir: dir,
    clock,
    random: () => 1,
    log: testLog.log,
    liveCalls: () => [],
    countries: NO_COUNTRIES,
    publicUrl: () => new URL('http://localhost/'),
    isExposed: false,
    stateStore: { isShared: false } as StateStore,
    socketMessageBytes: 1000,
    outgoing: { allowedHosts: [] },
    isolatedPluginBytes: 1000,
    demand: { exists: () => false, has: () => false, onChange: () => () => undefined },
    streams: { has: () => false, open: () => expect.fail('no stream') },
    startThread: start,
  };
  return new ProviderRegistry(deps as ProviderRegistryDeps);
}

async function running(created = PLUGIN) {
  const registry = registryOf(created);
  await registry.load();
  await registry.start();
  await clock.settle();
  return { registry, provider: registry.get(ID)! };
}

const callOf = (status: Call['status']): Call =>
  ({ id: 'call_1', providerCallId: providerCallId('b-1'), status }) as Call;

test('a provider in a thread has the capabilities of its plugin, and answers its requests', async () => {
  const { registry, provider } = await running();
  expect([provider.state, provider.displayName, provider.capabilities]).toEqual([
    'RUNNING',
    'Bell',
    ['END_CALL'],
  ]);
  expect(await provider.admitRequest({ ...request, path: 'other' })).toEqual({ admit: false, status: 404 });
  expect(await provider.request(request)).toEqual({ status: 204 });
  expect(await provider.capabilitiesFor(callOf('RINGING'))).toEqual([]);
  expect(await provider.capabilitiesFor(callOf('IN_PROGRESS'))).toEqual(['END_CALL']);
  await registry.stop();
  expect(threads.map(({ isTerminated }) => isTerminated)).toEqual([true]);
});

test('a thread that ends fails its provider, with the outcome of the contract for what is open, and is replaced', async () => {
  const { registry, provider } = await running();
  const command = provider.control('endCall', callOf('IN_PROGRESS'), {}, COMMAND);
  const open = provider.request({ ...request, path: 'slow' });
  const cause = new Error('no memory');
  threads[0]!.listener.onExit(new FaultError('PLUGIN_OUT_OF_MEMORY', 'its heap is full', { cause }));
  await expect(command).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  await expect(open).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
  await clock.settle();
  expect(provider.state).toBe('FAILED');
  expect(provider.stateMessage).toContain('its heap is full');
  await expect(provider.request(request)).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
  expect(lines.find(({ message }) => message === 'plugin failed, retrying')?.fields).toMatchObject({
    code: 'PLUGIN_OUT_OF_MEMORY',
    error: cause,
  });
  await clock.advance(PLUGIN_BACK_OFF.firstMs);
  await until(() => provider.state === 'RUNNING', 'the next thread runs');
  expect([threads.length, provider.isolation?.threads]).toEqual([2, 2]);
  expect(await provider.request(request)).toEqual({ status: 204 });
  await registry.stop();
});

test('a query does not wait for a blocked thread: the last answer counts', async () => {
  const { registry, provider } = await running();
  await provider.capabilitiesFor(callOf('RINGING'));
  threads[0]!.isBlocked = true;
  const waiting = provider.capabilitiesFor(callOf('IN_PROGRESS'));
  await clock.advance(CAPABILITIES_TIMEOUT_MS);
  expect(await waiting).toEqual([]);
  expect(await provider.capabilitiesFor(callOf('IN_PROGRESS'))).toEqual([]);
  const other = { ...callOf('IN_PROGRESS'), id: 'call_2' } as Call;
  expect(await provider.capabilitiesFor(other)).toEqual(['END_CALL']);
  const stopped = registry.stop();
  await clock.advance(60_000);
  await stopped;
  expect(threads[0]!.isTerminated).toBe(true);
});

test('invalid options fail the start, without their values', async () => {
  const issues = `() => ({ issues: [{ message: 'expected a number', path: ['port'] }] })`;
  await expect(registryOf(PLUGIN, issues).load()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'providers.bell.options.port: expected a number',
  });
  expect(threads[0]!.isTerminated).toBe(true);
});

test('a plugin that does not verify its requests fails the start', async () => {
  const unverified = `(() => { throw Object.assign(new Error('webhookSecret is missing'), { [Symbol.for('sidetone.fault')]: true, code: 'CONFIG_UNVERIFIED', details: {} }); })()`;
  await expect(registryOf(unverified).load()).rejects.toMatchObject({ code: 'CONFIG_UNVERIFIED' });
  expect(threads[0]!.isTerminated).toBe(true);
});

test('without threads the provider cannot be used, and the start says why', async () => {
  const noThreads = (): never => {
    throw new FaultError('PLUGIN_ISOLATION_UNSUPPORTED', 'no threads here');
  };
  await expect(registryOf(PLUGIN, undefined, noThreads).load()).rejects.toMatchObject({
    code: 'PLUGINS_UNUSABLE',
    message: expect.stringContaining('no threads here [PLUGIN_ISOLATION_UNSUPPORTED]'),
  });
});
