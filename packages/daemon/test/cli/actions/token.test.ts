import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createToken, expiryOf, listTokens, revokeToken } from '../../../src/cli/actions/token.ts';
import * as tokens from '../../../src/tokens.ts';
import { startTestDaemon, until, type TestDaemon } from '../../support/daemon.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY_MS = 86_400_000;
const root = tempDir();
let count = 0;
let it: TestDaemon;
let url: string;
let out: string;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
  url = it.url('');
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Returns what a command prints on standard output. */
async function printed(command: Promise<void>): Promise<string> {
  out = '';
  await command;
  return out;
}

describe('sidetone token', () => {
  test('creates the first token, then needs it to list and revoke others', async () => {
    const secret = (await printed(createToken('admin', { url, scope: ['admin'] }))).trim();
    expect(secret).toMatch(/^sidetone_[\w-]{43}$/);
    // Another process would have connections of its own.
    const connections = it.daemon.parts.resolve(tokens.CONNECTIONS);
    await until(() => connections.viewers.size === 0, 'the connections of the open daemon are closed');
    await expect(listTokens({ url })).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
      message: expect.stringContaining('SIDETONE_TOKEN: not set'),
    });
    vi.stubEnv('SIDETONE_TOKEN', secret);
    const created = await printed(
      createToken('ada', { url, scope: ['read', 'listen'], expires: '30d', json: true }),
    );
    expect(JSON.parse(created)).toMatchObject({ name: 'ada', scopes: ['READ', 'LISTEN'] });
    const table = await printed(listTokens({ url }));
    expect(table.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4).join())).toEqual([
      'NAME,SCOPES,STATE,SOURCE',
      'ada,read,listen,active,database',
      'admin,admin,active,database',
      '',
    ]);
    await revokeToken('ada', { url });
    const lines = (await printed(listTokens({ url, json: true }))).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { state: string }).state)).toEqual(['REVOKED', 'ACTIVE']);
  });

  test('names a scope that does not exist', async () => {
    await expect(createToken('ada', { url, scope: ['write'] })).rejects.toThrow(
      '--scope: expected any of read, listen, control, admin',
    );
  });

  test('reads an expiry as a duration or a date', () => {
    expect(expiryOf('30d', 5)).toBe(5 + 30 * DAY_MS);
    expect(expiryOf('2027-01-31', 5)).toBe(Date.UTC(2027, 0, 31));
    expect(() => expiryOf('soon', 5)).toThrow('--expires: expected a duration');
  });
});
