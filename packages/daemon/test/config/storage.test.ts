import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { postgresOptions, type PostgresSettings } from '../../src/config/storage.ts';
import { keysToRestartFor } from '../../src/cli/reload.ts';

const URL = 'postgres://ann:pass-word-1@db.example.com:5432/calls';
const parse = (storage: object) => parseConfig(JSON.stringify({ storage }), 'f.yaml', { DB: URL });
const postgres = (keys: object = {}) => parse({ kind: 'postgres', url: '${DB}', ...keys });

test('is a file by default, with the keys of earlier releases', () => {
  expect(parse({ path: 'x.db', migrationCopies: 0 }).storage).toEqual({
    kind: 'sqlite',
    path: 'x.db',
    durability: 'full',
    auditDays: 365,
    migrationCopies: 0,
  });
});

test('of PostgreSQL has a URL that is not printed, and the options of a connection', () => {
  const { storage } = postgres({ schema: 'side', tls: { servername: 'db' }, durability: 'normal' });
  expect(inspect(storage) + JSON.stringify(storage)).not.toContain('pass-word-1');
  expect(postgresOptions(storage as PostgresSettings)).toMatchObject({
    url: URL,
    schema: 'side',
    connections: 4,
    durability: 'normal',
    tls: { servername: 'db' },
    connectTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
  });
});

test.each([
  [{ url: URL }, 'storage.url: expected nothing, because this key belongs to storage.kind: postgres'],
  [
    { kind: 'postgres', url: URL, path: 'x.db' },
    'storage.path: expected nothing, because this key belongs to storage.kind: sqlite',
  ],
  [{ kind: 'postgres' }, 'storage.url: expected a URL such as postgres://'],
  [{ kind: 'postgres', url: 'mysql://u:pass-word-1@h/d' }, 'storage.url: expected a URL such as postgres://'],
  [{ kind: 'postgres', url: URL, schema: 'A-b' }, 'storage.schema: expected lower-case letters'],
  [
    { kind: 'postgres', url: URL, tls: { cert: '-----BEGIN CERTIFICATE' } },
    'storage.tls.key: expected cert and key together',
  ],
  [{ kind: 'mysql' }, 'storage.kind: expected sqlite or postgres'],
])('%j is CONFIG_INVALID, without the password', (storage, message) => {
  const error = (() => {
    try {
      return parse(storage);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) });
  expect(String(error)).not.toContain('pass-word-1');
});

test('a changed URL needs a restart', () => {
  const other = parseConfig('storage: { kind: postgres, url: "${DB}" }', 'f.yaml', { DB: `${URL}_2` });
  expect(keysToRestartFor(postgres(), other)).toEqual(['storage.url']);
});
