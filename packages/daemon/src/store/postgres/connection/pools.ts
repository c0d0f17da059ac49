/** The connections to PostgreSQL: several for reading, one for writing, and those of history. The driver is loaded only here. */
import type { Pool } from 'pg';
import {
  DEFAULT_CONNECTIONS,
  describeServer,
  HISTORY_CONNECTIONS,
  LOG_CONNECTIONS,
  poolConfigOf,
  type PostgresOptions,
} from './options.ts';

export interface Pools {
  readonly reading: Pool;
  /** For queries and subscriptions of clients, which may take long. */
  readonly history: Pool;
  /** One connection: a daemon has one transaction at a time, so its commits never wait for one another in the server. */
  readonly writing: Pool;
  /** `user@host:port/database`, for messages. */
  readonly server: string;
  close(): Promise<void>;
}

/** Connects when a statement is run. @throws {FaultError} CONFIG_INVALID */
export async function createPools(options: PostgresOptions): Promise<Pools> {
  const server = describeServer(options);
  const { default: pg } = await import('pg');
  // Positions, instants and counts are safe integers.
  const getTypeParser = ((type, format) =>
    type === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(type, format)) as typeof pg.types.getTypeParser;
  const create = (max: number): Pool => {
    const pool = new pg.Pool({ ...poolConfigOf(options, max), types: { getTypeParser } });
    // A connection was lost while no statement ran. The next statement connects again, or reports why it cannot.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  };
  const reading = create(options.connections ?? DEFAULT_CONNECTIONS);
  const history = create(HISTORY_CONNECTIONS + LOG_CONNECTIONS);
  const writing = create(1);
  return {
    reading,
    history,
    writing,
    server,
    close: async () => {
      await Promise.all([reading.end(), history.end(), writing.end()]);
    },
  };
}
