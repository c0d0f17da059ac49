/** What the database in PostgreSQL contains before rows are moved to it: nothing, or what an interrupted migration has stored. */
import { FaultError } from '@sidetone/core';
import type { Queries } from '../postgres/connection/session.ts';
import type { SourceIdentity } from './source.ts';
import { POSTGRES_TABLES } from './tables.ts';

/** Tables that have rows without a daemon: see the migration `0001_triggers.sql`. */
const NEVER_EMPTY = ['meta', 'log_head'];

/** @throws {FaultError} MIGRATION_TARGET_NOT_EMPTY */
export async function expectEmpty(queries: Queries, server: string): Promise<void> {
  const tables = POSTGRES_TABLES.filter((name) => !NEVER_EMPTY.includes(name));
  const found = [
    ...tables.map((name) => `select '${name}' as name where exists (select 1 from ${name})`),
    `select 'meta' as name where exists (select 1 from meta where key <> 'audit_head')`,
  ];
  const [row] = await queries.rows<{ name: string }>({ text: found.join(' union all ') });
  if (row) throw notEmpty(server, `the table ${row.name} has rows`);
}

export const notEmpty = (server: string, reason: string): FaultError =>
  new FaultError('MIGRATION_TARGET_NOT_EMPTY', `${server}: is not empty: ${reason}`);

/**
 * A run that was killed after it had finished compares once more. A daemon may have written to the database since.
 * @throws {FaultError} MIGRATION_TARGET_NOT_EMPTY
 */
export async function expectUnused(queries: Queries, server: string, restarts: boolean): Promise<void> {
  const [head] = await queries.rows<{ last: number }>({ text: 'select last_epoch as last from log_head' });
  if (restarts || head?.last !== 0) throw notEmpty(server, 'a migration to it has finished');
}

/** Makes the tables as they were when they were created. */
export async function empty(queries: Queries): Promise<void> {
  await queries.run({ text: `truncate ${POSTGRES_TABLES.join(', ')}` });
  await queries.run({ text: 'insert into log_head (position) values (0)' });
  await queries.run({ text: "insert into meta (key, value) values ('audit_head', '0 ')" });
}

/** @throws {FaultError} MIGRATION_SOURCE_CHANGED */
export function expectSame(stored: SourceIdentity, found: SourceIdentity, server: string): void {
  if (stored.logId !== found.logId)
    throw new FaultError(
      'MIGRATION_SOURCE_CHANGED',
      `${server}: contains a part of another database, whose event log has the id ${stored.logId}`,
    );
  const names = ['epoch', 'position', 'auditHead'] as const;
  if (names.some((name) => stored[name] !== found[name]))
    throw new FaultError(
      'MIGRATION_SOURCE_CHANGED',
      `${server}: contains a part of this database before a daemon, or another command, wrote to it again`,
    );
}
