/**
 * Applies migrations in one transaction, under an advisory lock: of several daemons that start at once, one migrates and the
 * others wait. If there is nothing to apply, nothing is written, so the role of the daemon needs no permission to create tables.
 */
import { readFileSync } from 'node:fs';
import { FaultError } from '@sidetone/core';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Queries, Session } from '../connection/session.ts';
import { requireServer } from './server.ts';

/** The key of the lock: the letters "STON". Another schema of the same database waits too. */
const LOCK = 0x53544f4e;

const TABLE =
  'create table __drizzle_migrations (id serial primary key, hash text not null, created_at bigint)';

/**
 * Returns the number of migrations that it applied.
 * @throws {FaultError} STORE_SERVER_UNSUPPORTED, STORE_SCHEMA_NEWER, STORE_ACCESS_DENIED, or another one of kind store.
 */
export async function migratePostgres(session: Session, folder: string): Promise<number> {
  await requireServer(session, session.server);
  const applied = await newestApplied(session);
  rejectNewer(applied, folder, session.server);
  if (pending(applied, folder).length === 0) return 0;
  return session.transaction((queries) => applyPending(queries, folder, session.server));
}

/** Applies migrations in the transaction of the caller. Returns their number. @throws as {@link migratePostgres}. */
export async function applyPending(queries: Queries, folder: string, server: string): Promise<number> {
  await queries.rows({ text: 'select pg_advisory_xact_lock($1)', values: [LOCK] });
  const newest = await newestApplied(queries);
  rejectNewer(newest, folder, server);
  if (newest === undefined) await queries.run({ text: TABLE });
  const migrations = pending(newest, folder);
  for (const { sql, hash, folderMillis } of migrations) {
    for (const text of sql) await queries.run({ text });
    await queries.run({
      text: 'insert into __drizzle_migrations (hash, created_at) values ($1, $2)',
      values: [hash, folderMillis],
    });
  }
  return migrations.length;
}

/** Returns how many migrations a start would apply. @throws {FaultError} STORE_SCHEMA_NEWER, or another one of kind store. */
export async function countPending(
  session: Session,
  folder: string,
): Promise<{ readonly pending: number; readonly isEmpty: boolean }> {
  const applied = await newestApplied(session);
  rejectNewer(applied, folder, session.server);
  return { pending: pending(applied, folder).length, isEmpty: applied === undefined };
}

const pending = (applied: number | undefined, migrationsFolder: string) =>
  readMigrationFiles({ migrationsFolder }).filter(({ folderMillis }) => folderMillis > (applied ?? 0));

/** Returns the time of the newest migration that was applied; undefined if the schema has no tables. */
async function newestApplied(queries: Queries): Promise<number | undefined> {
  const [found] = await queries.rows<{ exists: boolean }>({
    text: "select to_regclass('__drizzle_migrations') is not null as exists",
  });
  if (!found?.exists) return undefined;
  const [row] = await queries.rows<{ at: number | null }>({
    text: 'select max(created_at) as at from __drizzle_migrations',
  });
  return row?.at ?? 0;
}

function rejectNewer(applied: number | undefined, folder: string, server: string): void {
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number }[];
  };
  const newest = Math.max(...journal.entries.map(({ when }) => when));
  if ((applied ?? 0) > newest)
    throw new FaultError('STORE_SCHEMA_NEWER', `${server}: was written by a newer release of Sidetone`);
}
