/** The access tokens of a database in PostgreSQL, for programs that are not the daemon. */
import { FaultError } from '@sidetone/core';
import { OfflineTokens } from '../tokens/offline-tokens.ts';
import type { PostgresOptions } from './connection/options.ts';
import { openPostgres } from './open-postgres.ts';
import { inspectPostgres } from './opening/inspect.ts';
import { createPostgresTokens } from './tokens.ts';

/** Creates the tables if there are none. @throws {FaultError} of kind store, or CONFIG_INVALID. */
export async function openTokenDatabase(options: PostgresOptions): Promise<OfflineTokens> {
  const { isEmpty, pending, server } = await inspectPostgres(options);
  if (pending > 0 && !isEmpty)
    throw new FaultError(
      'STORE_UNREADABLE',
      `${server}: was written by an earlier release; start the daemon once, which migrates it`,
    );
  const store = await openPostgres(options);
  return new OfflineTokens(createPostgresTokens(store.session), () => store.close());
}
