/**
 * Opens a store in PostgreSQL: rejects tables of a newer release before it writes, and runs the migrations. A daemon then joins
 * it: see `nodes/join.ts`.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { StoreHealth } from '../store-health.ts';
import { createPools, type Pools } from './connection/pools.ts';
import { HistoryReads } from './connection/history-reads.ts';
import type { PostgresOptions } from './connection/options.ts';
import { Session } from './connection/session.ts';
import { migratePostgres } from './opening/migrate.ts';
import { rejectUnfinished } from '../to-postgres/progress-row.ts';

export const POSTGRES_MIGRATIONS = fileURLToPath(new URL('../../../migrations-postgres', import.meta.url));

export interface PostgresStore {
  readonly session: Session;
  readonly pools: Pools;
  /** For `createPostgresHistory`. */
  readonly historyReads: HistoryReads;
  /** Random id of the event log, created with the tables. Part of every cursor. */
  readonly logId: string;
  /** Number of migrations that were applied when it was opened. */
  readonly migrations: number;
  /** Closes the connections, after the statements that are running. */
  close(): Promise<void>;
}

/** @throws {FaultError} of kind store, or CONFIG_INVALID. */
export async function openPostgres(
  options: PostgresOptions,
  health: Pick<StoreHealth, 'lost' | 'written'> = new StoreHealth(),
): Promise<PostgresStore> {
  const pools = await createPools(options);
  const session = new Session(pools, health);
  try {
    const migrations = await migratePostgres(session, POSTGRES_MIGRATIONS);
    await rejectUnfinished(session, session.server);
    const logId = await readLogId(session);
    const historyReads = new HistoryReads(pools, options);
    return { session, pools, historyReads, logId, migrations, close: () => pools.close() };
  } catch (error) {
    await pools.close();
    throw error;
  }
}

async function readLogId(session: Session): Promise<string> {
  const { rows } = await session.write<{ value: string }>({
    text: `insert into meta (key, value) values ('log_id', $1)
      on conflict (key) do update set value = meta.value returning value`,
    values: [randomBytes(6).toString('base64url')],
  });
  return rows[0]!.value;
}
