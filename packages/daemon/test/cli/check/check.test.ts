import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { check, type CheckOptions } from '../../../src/cli/actions/check.ts';
import { checkDatabase, checkDisk, FEW_FREE_BYTES } from '../../../src/cli/check/files.ts';
import { checkPublicUrl } from '../../../src/cli/check/reachability.ts';
import type { CheckResult } from '../../../src/cli/check/result.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = tempDir();
let output: CheckResult[];

beforeEach(() => {
  output = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.push(JSON.parse(String(text)) as CheckResult);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** A provider whose service accepts one key. */
const PLUGIN = `export default {
  name: 'bell', displayName: 'Bell', contract: 1,
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create: ({ key }, host) => {
    if (key === undefined) throw new Error('no key for ' + host.publicUrl('hook').href);
    return {
      start: async () => { throw new Error('a check must not start a plugin'); },
      stop: async () => {},
      health: async () => { if (key !== 'right') throw new Error('the key was rejected'); },
      diagnostics: async () => [
        { name: 'server URL', state: 'WARNING', message: 'not set', remedy: 'Enter ' + host.publicUrl('hook').href },
      ],
    };
  },
};`;
writeFileSync(join(dir, 'bell.mjs'), PLUGIN);

/** Runs the command with a configuration. Returns the state of each check. */
async function run(source: string, options: Partial<CheckOptions> = {}): Promise<string[]> {
  const config = join(dir, 'sidetone.yaml');
  writeFileSync(config, source);
  await check({ config, json: true, ...options });
  return output.map((result) => `${result.state} ${result.check}`);
}

const configOf = (key: string) => `
storage: { path: ${dir}/calls.db }
server: { port: 1 }
providers: { bell: { plugin: ./bell.mjs, options: { key: ${key} } } }`;

describe('sidetone check', () => {
  test('warns of a capture', async () => {
    const captured = configOf('right').replace('bell.mjs,', `bell.mjs, capture: ${dir}/bell.jsonl,`);
    expect(await run(captured)).toContain('WARNING capture of bell');
  });

  test('prints a result for each check, and does not start plugins', async () => {
    expect(await run(configOf('right'))).toEqual([
      'OK configuration',
      'OK database',
      'SKIPPED recordings',
      expect.stringMatching(/^(OK|WARNING) disk$/),
      'OK provider bell',
      'WARNING provider bell, server URL',
      'WARNING public URL',
      'SKIPPED running daemon',
    ]);
    expect(process.exitCode).toBeUndefined();
  });

  test('exits with 1 if a service rejects the credentials, and names the remedy', async () => {
    await run(configOf('wrong'), { quiet: true });
    expect(output.find(({ state }) => state === 'FAILED')).toMatchObject({
      check: 'provider bell',
      message: 'the key was rejected',
      remedy: expect.stringContaining('Check the credentials'),
    });
    expect(output.some(({ state }) => state === 'OK')).toBe(false);
    expect(process.exitCode).toBe(1);
  });

  test('exits with 78 and lists every error of the configuration', async () => {
    expect(await run('server: { port: x, prot: 1 }')).toEqual([
      'FAILED configuration',
      'FAILED configuration',
    ]);
    expect(output[0]).toMatchObject({ code: 'CONFIG_INVALID', remedy: expect.any(String) });
    expect(process.exitCode).toBe(78);
  });
});

describe('the check of files', () => {
  test('rejects a database of another program', async () => {
    const path = join(dir, 'other.db');
    writeFileSync(path, 'x'.repeat(5000));
    expect(await checkDatabase(configSchema.parse({ storage: { path } }))).toMatchObject({
      state: 'FAILED',
      code: 'STORE_NOT_A_DATABASE',
    });
  });

  test.each([
    [FEW_FREE_BYTES, 'OK'],
    [FEW_FREE_BYTES - 1, 'WARNING'],
    [0, 'FAILED'],
  ] as const)('with %d free bytes on the disk is %s', async (bytes, state) => {
    const config = configSchema.parse({ storage: { path: join(dir, 'new', 'x.db') } });
    expect(await checkDisk(config, async () => bytes)).toMatchObject({ state });
  });
});

describe('the check of the public URL', () => {
  const publicUrl = 'https://calls.example.com/sidetone';
  const auth = { required: true };
  const configAt = (port: number) => configSchema.parse({ auth, server: { publicUrl, port } });

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  test('answers at the address of the daemon, and accepts its own answer only', async () => {
    const port = await freePort();
    const requested: string[] = [];
    const forwarded = async (url: URL): Promise<string> => {
      requested.push(url.href);
      return (await fetch(`http://127.0.0.1:${port}/readyz`)).text();
    };
    expect(await checkPublicUrl(configAt(port), forwarded)).toMatchObject({ state: 'OK' });
    expect(requested).toEqual([`${publicUrl}/readyz`]);
    expect(await checkPublicUrl(configAt(port), async () => 'ready')).toMatchObject({
      state: 'FAILED',
      message: expect.stringContaining('another program'),
    });
  });

  test('accepts the answer of the daemon if it is running', async () => {
    const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await checkPublicUrl(configAt(port), async () => 'not ready: x')).toMatchObject({ state: 'OK' });
    expect(await checkPublicUrl(configAt(port), async () => '<html>')).toMatchObject({ state: 'FAILED' });
    server.close();
  });

  test('reports why it cannot be reached', async () => {
    const failing = async (): Promise<string> => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND calls.example.com') });
    };
    expect(await checkPublicUrl(configAt(0), failing)).toMatchObject({
      state: 'FAILED',
      message: expect.stringContaining('ENOTFOUND'),
      remedy: expect.stringContaining('proxy'),
    });
  });
});
