/** Looks at a database without changing it. */
import { createPools } from '../connection/pools.ts';
import type { PostgresOptions } from '../connection/options.ts';
import { Session } from '../connection/session.ts';
import { POSTGRES_MIGRATIONS } from '../open-postgres.ts';
import { countPending } from './migrate.ts';
import { requireServer } from './server.ts';

export interface Inspection {
  /** `user@host:port/database`. */
  readonly server: string;
  /** The release of the server. */
  readonly version: string;
  /** Migrations that the next start applies. */
  readonly pending: number;
  /** Whether there are no tables yet. */
  readonly isEmpty: boolean;
}

/** @throws {FaultError} of kind store, or CONFIG_INVALID. */
export async function inspectPostgres(options: PostgresOptions): Promise<Inspection> {
  const pools = await createPools(options);
  const session = new Session(pools, { lost: () => undefined, written: () => undefined });
  try {
    const { version } = await requireServer(session, session.server);
    const counted = await countPending(session, POSTGRES_MIGRATIONS);
    return { server: session.server, version, ...counted };
  } finally {
    await pools.close();
  }
}
