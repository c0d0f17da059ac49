/** What a start writes into the log. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { withReachableHost } from '../../src/access/exposure.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
});

const linesOf = ({ lines }: TestDaemon) =>
  Object.fromEntries(
    lines.map(({ message, fields, level }): [string, Record<string, unknown>] => [
      message,
      { level, ...fields },
    ]),
  );

describe('a start reports', () => {
  test('the database, recordings, access, and where the pages are', async () => {
    const it = await startTestDaemon(dir);
    const lines = linesOf(it);
    expect(lines['database opened']).toMatchObject({
      path: join(dir, 'test.db'),
      bytes: expect.any(Number),
      migrations: expect.any(Number),
    });
    expect(lines['recording is off']).toBeDefined();
    expect(lines['without access tokens, every program on this machine has all permissions']).toBeDefined();
    expect(lines['sidetone is ready']).toMatchObject({
      dashboard: it.daemon.url.href,
      graphiql: `${it.daemon.url.href}graphql`,
    });
  });

  test('the collector of traces, without the headers for it', async () => {
    const tracing = {
      url: 'http://127.0.0.1:1',
      headers: { authorization: 'Bearer wf7Qk2LmZ' },
      sample: 0.5,
    };
    const it = await startTestDaemon(dir, { tracing });
    expect(linesOf(it)['traces are sent to a collector']).toMatchObject({
      collector: '127.0.0.1:1',
      sample: 0.5,
    });
    expect(JSON.stringify(it.lines)).not.toContain('wf7Qk2LmZ');
    await it.daemon.stop();
    expect(linesOf(await startTestDaemon(dir))['traces are sent to a collector']).toBeUndefined();
  });

  test('how many migrations were applied: none at the second start', async () => {
    const first = await startTestDaemon(dir);
    expect(linesOf(first)['database opened']?.['migrations']).toBeGreaterThan(5);
    await first.daemon.stop();
    expect(linesOf(await startTestDaemon(dir))['database opened']?.['migrations']).toBe(0);
  });

  test('the URLs to enter at each provider, and the state of each plugin', async () => {
    const it = await startTestDaemon(dir, {
      server: { port: 0, publicUrl: 'http://localhost:1/base' },
      transcribers: { ear: { plugin: './missing.ts' } },
    });
    const lines = linesOf(it);
    expect(lines['enter this URL at the provider']).toMatchObject({
      provider: 'test',
      setting: 'event URL',
      url: 'http://localhost:1/base/providers/test/event',
    });
    expect(lines['provider is RUNNING']).toMatchObject({ provider: 'test', plugin: './scripted-plugin.ts' });
    expect(lines['transcriber is FAILED']).toMatchObject({ transcriber: 'ear' });
    expect(Object.keys(lines)).not.toContain(
      'server.publicUrl is missing, providers cannot reach this daemon',
    );
  });

  test('recordings by provider, and the number of tokens', async () => {
    const token = { name: 'alice', token: 'x'.repeat(16), scopes: ['read'] };
    const it = await startTestDaemon(dir, {
      recording: { enabled: true, path: join(dir, 'recordings') },
      auth: { tokens: [token] },
    });
    const lines = linesOf(it);
    expect(lines['recording is on']).toMatchObject({ providers: ['test'], path: join(dir, 'recordings') });
    expect(lines['access tokens are required']).toMatchObject({ tokens: 1 });
    expect(JSON.stringify(it.lines)).not.toContain('x'.repeat(16));
  });

  test('a missing public URL, if a provider has to send webhooks', async () => {
    const missing = 'server.publicUrl is missing, providers cannot reach this daemon';
    expect(linesOf(await startTestDaemon(dir))[missing]).toMatchObject({
      level: 'warn',
      providers: ['test'],
    });
    dir = join(dir, 'other');
    mkdirSync(dir);
    expect(linesOf(await startTestDaemon(dir, { providers: {} }))[missing]).toBeUndefined();
  });
});

test('a daemon that listens on all addresses hands out none of them', async () => {
  const auth = { tokens: [{ name: 'alice', token: 'x'.repeat(16), scopes: ['read'] }] };
  const it = await startTestDaemon(dir, { server: { host: '0.0.0.0', port: 0 }, auth });
  expect(it.script.host.publicUrl('stream/x').href).toBe(
    `http://127.0.0.1:${it.daemon.url.port}/providers/test/stream/x`,
  );
});

test.each([
  ['http://0.0.0.0:1/', 'http://127.0.0.1:1/'],
  ['http://[::]:1/', 'http://[::1]:1/'],
  ['http://[::ffff:0.0.0.0]:1/', 'http://127.0.0.1:1/'],
  ['http://192.0.2.1:1/', 'http://192.0.2.1:1/'],
  ['http://calls.example.com/', 'http://calls.example.com/'],
])('%s is reached at %s', (given, reachable) => {
  expect(withReachableHost(new URL(given)).href).toBe(reachable);
});
