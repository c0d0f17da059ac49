/** `/readyz` of a whole daemon. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError } from '@sidetone/core';
import { expect, test, vi } from 'vitest';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
/** Starts a daemon with these providers. */
async function startWith(providers: Record<string, unknown>, settings = {}): Promise<TestDaemon> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  return startTestDaemon(dir, { providers, ...settings });
}

async function readyz(it: TestDaemon, path = 'readyz', headers = {}) {
  const response = await fetch(it.url(path), { headers });
  return { status: response.status, text: await response.text() };
}

const MISSING = { plugin: '@sidetone/plugin-that-is-not-there' };
const GOOD = { plugin: './scripted-plugin.ts', options: { key: 'readiness' } };

/** Writes a plugin whose start fails with this error. */
function pluginFailingWith(error: string): string {
  const file = join(root, `failing-${count++}.mjs`);
  const options = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`;
  const create = `() => ({ start: () => Promise.reject(${error}), stop: async () => {} })`;
  writeFileSync(
    file,
    `export default { name: 'x', displayName: 'X', contract: 1, options: ${options}, create: ${create} };`,
  );
  return file;
}

const NO_NETWORK = `new Error('no network')`;
/** An error that the daemon does not retry. */
const INVALID = `Object.assign(new Error('no'), {
  code: 'CONFIG_INVALID', kind: 'config', remedy: '', details: {}, [Symbol.for('sidetone.fault')]: true,
})`;

test('a daemon none of whose providers can work until a restart is not ready', async () => {
  const it = await startWith({ one: MISSING, other: { plugin: pluginFailingWith(INVALID) } });
  expect(await readyz(it)).toEqual({ status: 503, text: 'not ready: all providers have failed\n' });
  expect(await readyz(it, 'healthz')).toMatchObject({ status: 200 });
});

test.each([
  ['one of them works', { one: MISSING, other: GOOD }],
  ['none is configured', {}],
])('a daemon is ready if %s', async (_case, providers) => {
  expect(await readyz(await startWith(providers))).toEqual({ status: 200, text: 'ready\n' });
});

test('a daemon is ready while a provider that failed is retried', async () => {
  const it = await startWith({ one: { plugin: pluginFailingWith(NO_NETWORK) } });
  expect(it.daemon.parts.resolve(tokens.PROVIDERS).list()[0]?.state).toBe('FAILED');
  expect(await readyz(it)).toMatchObject({ status: 200 });
});

test('the report names the parts and their state, and the reason', async () => {
  const it = await startWith({ one: MISSING, other: GOOD }, { transcribers: { ear: MISSING } });
  const report = async () => JSON.parse((await readyz(it, 'readyz?verbose')).text) as unknown;
  const parts = {
    cluster: null,
    providers: [
      { id: 'one', state: 'FAILED', message: expect.stringContaining('plugin-that-is-not-there') },
      { id: 'other', state: 'RUNNING', message: null },
    ],
    transcribers: [{ id: 'ear', state: 'FAILED', message: expect.stringContaining('not-there') }],
  };
  expect(await report()).toEqual({
    ready: true,
    reason: null,
    store: { state: 'OK' },
    ...parts,
  });
  const failure = new FaultError('STORE_WRITE_FAILED', 'disk full');
  vi.spyOn(it.daemon.parts.resolve(tokens.STORE_HEALTH), 'failure', 'get').mockReturnValue(failure);
  expect(await report()).toEqual({
    ready: false,
    reason: 'events cannot be stored',
    store: { state: 'FAILED', code: 'STORE_WRITE_FAILED', message: 'disk full', remedy: failure.remedy },
    ...parts,
  });
  expect(await readyz(it)).toMatchObject({ status: 503 });
});

test('the report requires the scope read, the status does not', async () => {
  const scoped = (name: string, scope: string) => ({
    name,
    token: `${name}-${'x'.repeat(16)}`,
    scopes: [scope],
  });
  const it = await startWith(
    { other: GOOD },
    { auth: { tokens: [scoped('reader', 'read'), scoped('controller', 'control')] } },
  );
  const statusWith = async (token?: string): Promise<number> =>
    (await readyz(it, 'readyz?verbose', token === undefined ? {} : { authorization: `Bearer ${token}` }))
      .status;
  expect((await readyz(it)).status).toBe(200);
  expect(await statusWith()).toBe(401);
  expect(await statusWith('wrong-token-xxxxxxxxxxxx')).toBe(401);
  expect(await statusWith(`controller-${'x'.repeat(16)}`)).toBe(403);
  expect(await statusWith(`reader-${'x'.repeat(16)}`)).toBe(200);
});
