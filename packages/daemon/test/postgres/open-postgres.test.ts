import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isFault, type FaultCode } from '@sidetone/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPools } from '../../src/store/postgres/connection/pools.ts';
import { Session } from '../../src/store/postgres/connection/session.ts';
import { openPostgres, POSTGRES_MIGRATIONS } from '../../src/store/postgres/open-postgres.ts';
import { inspectPostgres } from '../../src/store/postgres/opening/inspect.ts';
import { migratePostgres } from '../../src/store/postgres/opening/migrate.ts';
import { rejectUnsupported } from '../../src/store/postgres/opening/server.ts';
import { StoreHealth } from '../../src/store/store-health.ts';
import { tempDir } from '../support/temp-dir.ts';
import { administer, createDatabase, hasServer } from './support/database.ts';

const ROLE = 'sidetone_daemon';
const { entries: MIGRATIONS } = JSON.parse(
  await readFile(`${POSTGRES_MIGRATIONS}/meta/_journal.json`, 'utf8'),
) as { entries: readonly unknown[] };

/** Returns the URL with other parts. */
function changed(
  url: string,
  parts: Partial<Pick<URL, 'username' | 'password' | 'port' | 'pathname' | 'search'>>,
) {
  return Object.assign(new URL(url), parts).href;
}

async function codeOf(task: Promise<unknown>): Promise<string> {
  try {
    await task;
    return 'none';
  } catch (error) {
    expect(String(error)).not.toContain('secret-of-the-tests');
    return isFault(error) ? error.code : String(error);
  }
}

describe.skipIf(!hasServer)('opening a store in PostgreSQL', () => {
  let url: string;
  beforeAll(async () => {
    url = await createDatabase();
    await administer(`drop role if exists ${ROLE}`, `create role ${ROLE} login password 'daemon'`);
    afterAll(() => administer(`drop role if exists ${ROLE}`));
  });

  test('creates the tables once, and keeps the id of the log', async () => {
    const [first, second] = await Promise.all([openPostgres({ url }), openPostgres({ url })]);
    expect(first.migrations + second.migrations).toBe(MIGRATIONS.length);
    expect(second.logId).toBe(first.logId);
    await Promise.all([first.close(), second.close()]);
    const third = await openPostgres({ url });
    expect(third).toMatchObject({ logId: first.logId, migrations: 0 });
    await third.close();
  });

  test('compares all texts by their bytes, as SQLite does', async () => {
    const store = await openPostgres({ url });
    const columns = await store.session.rows<{ column: string }>({
      text: `select table_name || '.' || column_name as column from information_schema.columns
        where table_schema = 'public' and data_type = 'text' and table_name not like '\\_\\_%'
          and collation_name is distinct from 'C'`,
    });
    expect(columns).toEqual([]);
    await store.close();
  });

  test('uses the schema that is configured', async () => {
    const pools = await createPools({ url });
    await pools.writing.query('create schema calls_of_ada');
    const store = await openPostgres({ url, schema: 'calls_of_ada' });
    const tables = await store.session.rows({
      text: "select 1 from pg_tables where schemaname = 'calls_of_ada' and tablename = 'events'",
    });
    expect(tables).toHaveLength(1);
    await store.close();
    await pools.close();
  });

  test('needs no permission to create tables once they exist', async () => {
    const owner = await openPostgres({ url });
    await owner.session.run({
      text: `grant select, insert, update, delete on all tables in schema public to ${ROLE}`,
    });
    const daemon = await openPostgres({ url: changed(url, { username: ROLE, password: 'daemon' }) });
    const denied = daemon.session.run({ text: 'create table public.other (id int)' });
    expect(await codeOf(denied)).toBe('STORE_ACCESS_DENIED');
    await daemon.close();
    await owner.session.run({ text: `drop owned by ${ROLE}` });
    await owner.close();
  });

  test('rejects tables of a newer release before it writes', async () => {
    const older = join(tempDir(), 'migrations');
    await cp(POSTGRES_MIGRATIONS, older, { recursive: true });
    const file = join(older, 'meta/_journal.json');
    const journal = JSON.parse(await readFile(file, 'utf8')) as { entries: unknown[] };
    await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
    await (await openPostgres({ url })).close();
    const pools = await createPools({ url });
    const session = new Session(pools, new StoreHealth());
    expect(await codeOf(migratePostgres(session, older))).toBe('STORE_SCHEMA_NEWER');
    expect(session.roundTrips).toBe(0);
    await pools.close();
  });

  test.each<[FaultCode, string, (url: string) => string]>([
    ['STORE_ACCESS_DENIED', 'a wrong password', (u) => changed(u, { password: 'wrong' })],
    ['STORE_ACCESS_DENIED', 'an unknown role', (u) => changed(u, { username: 'nobody', password: 'x' })],
    ['STORE_DATABASE_MISSING', 'an unknown database', (u) => changed(u, { pathname: '/missing' })],
    ['STORE_TLS_FAILED', 'a server without TLS', (u) => changed(u, { search: '?sslmode=verify-full' })],
    ['STORE_UNREACHABLE', 'no server at the port', (u) => changed(u, { port: '1' })],
    ['CONFIG_INVALID', 'another URL', () => 'https://example.com/secret-of-the-tests'],
  ])('reports %s for %s', async (code, _case, urlOf) => {
    expect(await codeOf(openPostgres({ url: urlOf(url) }))).toBe(code);
  });

  test('reports STORE_SERVER_UNSUPPORTED for another encoding, before it creates tables', async () => {
    const { pathname } = new URL(url);
    const name = `${pathname.slice(1)}_ascii`;
    await administer(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`);
    afterAll(() => administer(`drop database ${name} with (force)`));
    const other = changed(url, { pathname: `/${name}` });
    expect(await codeOf(openPostgres({ url: other }))).toBe('STORE_SERVER_UNSUPPORTED');
    expect(await codeOf(inspectPostgres({ url: other }))).toBe('STORE_SERVER_UNSUPPORTED');
    const pools = await createPools({ url: other });
    const { rows } = await pools.reading.query("select 1 from pg_tables where schemaname = 'public'");
    expect(rows).toEqual([]);
    await pools.close();
  });

  test.each([
    [130_099, '13.99', 'UTF8', /expected PostgreSQL 14 or newer, found 13\.99/],
    [140_000, '14.0', 'LATIN1', /encoding UTF8, found LATIN1/],
  ])('rejects release %i (%s) with %s', (release, version, encoding, message) => {
    expect(() => rejectUnsupported({ release, version, encoding }, 'host')).toThrow(message);
  });

  test('accepts the oldest release', () => {
    expect(() =>
      rejectUnsupported({ release: 140_000, version: '14.0', encoding: 'UTF8' }, 'host'),
    ).not.toThrow();
  });

  test('reports STORE_DATABASE_MISSING for an unknown schema', async () => {
    expect(await codeOf(openPostgres({ url, schema: 'missing' }))).toBe('STORE_DATABASE_MISSING');
  });

  test('reports STORE_UNREACHABLE for a server that does not answer', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const opening = openPostgres({ url: changed(url, { port: String(port) }), connectTimeoutMs: 50 });
    expect(await codeOf(opening)).toBe('STORE_UNREACHABLE');
    silent.close();
  });

  test('reports STORE_READ_ONLY for a server that accepts no writes', async () => {
    const store = await openPostgres({ url });
    await store.session.run({ text: 'set default_transaction_read_only = on' });
    const write = store.session.run({ text: "insert into meta values ('a', 'b')" });
    expect(await codeOf(write)).toBe('STORE_READ_ONLY');
    await store.close();
  });
});
