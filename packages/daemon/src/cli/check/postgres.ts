/** Checks the database in PostgreSQL, without changing it: the connection, and whether its tables are of this release. */
import { isFault } from '@sidetone/core';
import { postgresOptions, type PostgresSettings } from '../../config/storage.ts';
import { failureOf, type CheckResult } from './result.ts';

export async function checkPostgres(storage: PostgresSettings): Promise<CheckResult> {
  const check = 'database';
  const { inspectPostgres } = await import('../../store/postgres/opening/inspect.ts');
  try {
    const { server, version, pending } = await inspectPostgres(postgresOptions(storage));
    const migrations = pending === 0 ? '' : `, ${pending} migrations are applied by the start`;
    return { check, state: 'OK', message: `${server}, PostgreSQL ${version}${migrations}` };
  } catch (error) {
    if (!isFault(error)) throw error;
    return failureOf(check, error, error.remedy);
  }
}
