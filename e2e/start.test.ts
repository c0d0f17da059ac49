/** What the built daemon reports when it starts and stops, and what it does on SIGHUP. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempDir } from './support/daemon.ts';
import { sidetone, type RunningProcess } from './support/process.ts';

const root = tempDir();
let count = 0;

const PLUGIN = `export default {
  name: 'quiet', displayName: 'Quiet', contract: 1,
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create: () => ({
    start: async () => {}, stop: async () => {},
    health: () => Promise.reject(new Error('the key was rejected')),
    ingress: { webhooks: [{ path: 'hook', setting: 'hook URL' }], request: async () => ({ status: 200 }) },
  }),
};`;

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

interface Started {
  readonly process: RunningProcess;
  readonly url: string;
  readonly file: string;
  readonly lines: () => Line[];
  /** Resolves with the last line of the log with this message, once there are `times`. */
  logged(message: string, times?: number): Promise<Line>;
}

const configOf = (dir: string, extra: string): string =>
  `server: { port: 0 }\nstorage: { path: '${join(dir, 'test.db')}' }\nproviders: { quiet: { plugin: './plugin.mjs' } }\n${extra}\n`;

const tokenOf = (name: string): string => `${name}-${'x'.repeat(16)}`;
const tokensOf = (...names: string[]): string =>
  `auth: { tokens: [${names.map((name) => `{ name: ${name}, token: ${tokenOf(name)}, scopes: [read] }`).join()}] }`;

async function start(extra = ''): Promise<Started> {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  writeFileSync(join(dir, 'plugin.mjs'), PLUGIN);
  const file = join(dir, 'sidetone.yaml');
  writeFileSync(file, configOf(dir, extra));
  const process = sidetone(['start', '--config', file]);
  const [, url] = await process.saw(/listens at (http\S+)/);
  const lines = (): Line[] =>
    process
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  return {
    process,
    url: url!,
    file,
    lines,
    async logged(message, times = 1) {
      for (let tries = 0; tries < 500; tries++) {
        const found = lines().filter(({ msg }) => msg === message);
        if (found.length >= times) return found.at(-1)!;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`not logged: ${message}\n${process.stderr()}`);
    },
  };
}

const rewrite = (it: Started, extra: string): void =>
  writeFileSync(it.file, configOf(join(it.file, '..'), extra));

const statusWith = async ({ url }: Started, name: string): Promise<number> => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(name)}` };
  const body = JSON.stringify({ query: '{ viewer { name } }' });
  return (await fetch(`${url}graphql`, { method: 'POST', headers, body })).status;
};

test('a start reports what an operator looks for, and a stop is one line', async () => {
  const it = await start();
  const { version } = JSON.parse(readFileSync('packages/daemon/package.json', 'utf8')) as { version: string };
  expect(await it.logged('sidetone has started')).toMatchObject({
    version,
    node: process.version,
    config: it.file,
  });
  expect(await it.logged('database opened')).toMatchObject({ bytes: expect.any(Number) });
  expect(await it.logged('enter this URL at the provider')).toMatchObject({
    provider: 'quiet',
    setting: 'hook URL',
    url: `${it.url}providers/quiet/hook`,
  });
  expect(await it.logged('sidetone is ready')).toMatchObject({ dashboard: it.url });
  expect(await it.logged('health check failed')).toMatchObject({ reason: 'the key was rejected' });
  await it.logged('provider is DEGRADED');
  const metrics = await (await fetch(`${it.url}metrics`)).text();
  expect(metrics).toContain(`sidetone_build_info{version="${version}",`);
  expect(metrics).toContain('sidetone_provider_state{provider="quiet",state="DEGRADED"} 1');
  const before = it.lines().length;
  expect(await it.process.end('SIGTERM')).toBe(0);
  expect(it.lines().slice(before)).toMatchObject([{ msg: 'sidetone is stopping', reason: 'SIGTERM' }]);
});

test('SIGHUP reloads access tokens and the level of the log, and keeps them if the file is invalid', async () => {
  const it = await start(tokensOf('alice'));
  expect([await statusWith(it, 'alice'), await statusWith(it, 'bob')]).toEqual([200, 401]);
  rewrite(it, `${tokensOf('bob')}\nrecording: { waveform: false }`);
  process.kill(it.process.pid, 'SIGHUP');
  expect(await it.logged('configuration reloaded')).toMatchObject({
    tokens: 1,
    restartNeededFor: ['recording.waveform'],
  });
  expect([await statusWith(it, 'alice'), await statusWith(it, 'bob')]).toEqual([401, 200]);

  rewrite(it, 'auth: { tokens: [nonsense] }');
  process.kill(it.process.pid, 'SIGHUP');
  expect(await it.logged('reload failed, the configuration is unchanged')).toMatchObject({
    level: 'error',
    code: 'CONFIG_INVALID',
  });
  expect(await statusWith(it, 'bob')).toBe(200);
  expect(await it.process.end('SIGTERM')).toBe(0);
  expect(it.process.stderr()).not.toContain('xxxxxxxx');
});

test('a daemon whose terminal is closed stops cleanly, and ends by SIGHUP', async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  writeFileSync(join(dir, 'plugin.mjs'), PLUGIN);
  writeFileSync(join(dir, 'sidetone.yaml'), configOf(dir, ''));
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  // Node.js has no pseudo terminals; Python is needed for an installation anyway.
  const { stdout } = await promisify(execFile)('python3', [
    path('support/closed-terminal.py'),
    'listens at',
    process.execPath,
    path('../node_modules/@sidetone/daemon/bin/sidetone.js'),
    'start',
    '--config',
    join(dir, 'sidetone.yaml'),
  ]);
  expect(stdout).toBe('-1\n');
  // The database was closed: its write-ahead log is part of the file.
  expect([existsSync(join(dir, 'test.db')), existsSync(join(dir, 'test.db-wal'))]).toEqual([true, false]);
});
