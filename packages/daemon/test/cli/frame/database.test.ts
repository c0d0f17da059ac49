/** Commands that read a file reject the URL of a database in PostgreSQL, and say what to use instead. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { audit, verifyAudit } from '../../../src/cli/actions/audit.ts';
import { backup } from '../../../src/cli/actions/backup.ts';
import { migrate } from '../../../src/cli/actions/migrate.ts';
import { restore } from '../../../src/cli/actions/restore.ts';
import { listTokens } from '../../../src/cli/actions/token.ts';
import { fileOf, postgresOf } from '../../../src/cli/frame/database.ts';

const URL_OF_POSTGRES = 'postgres://ada:hidden-word@db.example.com/sidetone';
const DAEMON = 'http://127.0.0.1:9/';

afterEach(() => vi.unstubAllEnvs());

describe('the URL of PostgreSQL in place of a file', () => {
  test.each([
    ['backup', () => backup('a.db', { database: URL_OF_POSTGRES }), 'pg_dump'],
    ['restore', () => restore(URL_OF_POSTGRES, { verify: true }), 'pg_restore'],
    ['restore --to', () => restore('a.db', { to: URL_OF_POSTGRES }), 'pg_restore'],
    ['migrate', () => migrate({ from: URL_OF_POSTGRES, to: URL_OF_POSTGRES, schema: 'public' }), 'pg_dump'],
    ['audit', () => audit({ database: URL_OF_POSTGRES }), '--url'],
    ['audit verify', () => verifyAudit({ database: URL_OF_POSTGRES }), '--postgres'],
    ['token', () => listTokens({ url: DAEMON, database: URL_OF_POSTGRES }), '--postgres'],
  ])('is rejected by %s, without the password', async (_command, run, instead) => {
    const error: unknown = await run().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(instead) });
    expect(String(error)).not.toContain('hidden-word');
  });

  test('is not mistaken for a file with such a name', () => {
    expect(fileOf('--database', './postgres.db', '')).toBe('./postgres.db');
    expect(() => fileOf('--database', 'PostgreSQL://db/x', 'use another')).toThrow('use another');
  });
});

test('--postgres needs the URL in the environment', () => {
  vi.stubEnv('SIDETONE_POSTGRES_URL', undefined);
  expect(() => postgresOf({})).toThrow('SIDETONE_POSTGRES_URL: not set');
  vi.stubEnv('SIDETONE_POSTGRES_URL', URL_OF_POSTGRES);
  expect(postgresOf({ schema: 'calls' })).toEqual({ url: URL_OF_POSTGRES, schema: 'calls' });
});

test('--database and --postgres exclude each other', async () => {
  const both = listTokens({ url: DAEMON, database: 'a.db', postgres: true });
  await expect(both).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});
