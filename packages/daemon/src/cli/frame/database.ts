/** Which database a command reads: a file, or one in PostgreSQL. */
import { FaultError } from '@sidetone/core';
import type { PostgresOptions } from '../../store/postgres/connection/options.ts';

export interface PostgresCommandOptions {
  /** Whether the database is in PostgreSQL, at the URL in the environment. */
  readonly postgres?: boolean;
  readonly schema?: string;
}

/** Returns where the database in PostgreSQL is. @throws {FaultError} INPUT_INVALID without a URL. */
export function postgresOf({ schema = 'public' }: PostgresCommandOptions): PostgresOptions {
  const url = process.env['SIDETONE_POSTGRES_URL'];
  if (url === undefined)
    throw new FaultError('INPUT_INVALID', 'SIDETONE_POSTGRES_URL: not set; expected the URL of the database');
  return { url, schema };
}

/** Not the whole URL, which may contain a password. */
const POSTGRES_URL = /^postgres(ql)?:/i;

/**
 * Returns the path of a database file.
 * @param instead what to do with a database in PostgreSQL
 * @throws {FaultError} INPUT_INVALID for the URL of one
 */
export function fileOf(option: string, path: string, instead: string): string {
  if (!POSTGRES_URL.test(path)) return path;
  throw new FaultError(
    'INPUT_INVALID',
    `${option}: expected a file of SQLite, received the URL of PostgreSQL; ${instead}`,
  );
}
