/** What the server and the database have to be, apart from the tables. */
import { FaultError } from '@sidetone/core';
import type { Queries } from '../connection/session.ts';

/** The oldest major release of PostgreSQL with which the daemon works. */
export const OLDEST_RELEASE = 14;
/** Texts of calls have characters of all scripts. */
export const ENCODING = 'UTF8';

export interface ServerFacts {
  /** Such as `14.11 (Debian 14.11-1)`. */
  readonly version: string;
  /** Such as 140011. */
  readonly release: number;
  readonly encoding: string;
}

/** Returns what the server is. @throws {FaultError} STORE_SERVER_UNSUPPORTED, or another one of kind store. */
export async function requireServer(queries: Pick<Queries, 'rows'>, server: string): Promise<ServerFacts> {
  const [facts] = await queries.rows<ServerFacts & Record<string, unknown>>({
    text: `select current_setting('server_version') as version, current_setting('server_version_num')::int as release,
      current_setting('server_encoding') as encoding`,
  });
  rejectUnsupported(facts!, server);
  return facts!;
}

/** @throws {FaultError} STORE_SERVER_UNSUPPORTED */
export function rejectUnsupported({ version, release, encoding }: ServerFacts, server: string): void {
  if (release < OLDEST_RELEASE * 10_000)
    throw unsupported(server, `expected PostgreSQL ${OLDEST_RELEASE} or newer, found ${version}`);
  if (encoding !== ENCODING)
    throw unsupported(server, `expected a database with the encoding ${ENCODING}, found ${encoding}`);
}

const unsupported = (server: string, reason: string): FaultError =>
  new FaultError('STORE_SERVER_UNSUPPORTED', `${server}: ${reason}`);
