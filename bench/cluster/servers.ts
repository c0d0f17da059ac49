/** PostgreSQL and NATS for the daemons of the benchmark, and what they have done so far. */
import { isNatsInstalled, startNats } from '../../packages/daemon/test/nats/support/nats-server.ts';
import { startServer } from '../../packages/daemon/test/postgres/support/server.ts';
import { createPools } from '../../packages/daemon/src/store/postgres/connection/pools.ts';
import { freePort } from '../../e2e/support/ports.ts';
import { cpuSecondsOf, cpuSecondsOfFamily } from '../support/cpu.ts';

/** Sums since the start of the servers. */
export interface Work {
  /** s. */
  readonly postgresCpu: number;
  /** s. */
  readonly natsCpu: number;
  /** Of the write-ahead log, bytes. */
  readonly wal: number;
  /** Messages that NATS received. */
  readonly messages: number;
}

/** A new database. */
export interface Database {
  readonly url: string;
  /** How many commits of events it has stored. */
  commits(): Promise<number>;
  close(): Promise<void>;
}

export interface Servers {
  readonly natsUrl: string;
  createDatabase(): Promise<Database>;
  work(): Promise<Work>;
  stop(): Promise<void>;
}

const WAL = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal";
/** The last commits of each daemon; they are numbered from 1. */
const COMMITS =
  'select sum(number)::float8 as commits from (select max(number) as number from log_commits group by writer) as last';

/** Starts the servers, which write to the disk as in production. Returns undefined if one is not installed. */
export async function startServers(): Promise<Servers | undefined> {
  if (!isNatsInstalled) {
    process.stderr.write('nats-server is missing: install it (Debian has a package of this name)\n');
    return undefined;
  }
  const postgres = await startServer(['max_connections=200']);
  if (!postgres) return undefined;
  const monitor = await freePort();
  const nats = await startNats({ lines: [`http: "127.0.0.1:${monitor}"`] });
  const pools = await createPools({ url: `${postgres.url}/postgres` });
  let databases = 0;
  return {
    natsUrl: nats.url,
    async createDatabase() {
      const name = `bench_${++databases}`;
      await pools.writing.query(`create database ${name}`);
      const url = `${postgres.url}/${name}`;
      const own = await createPools({ url });
      return {
        url,
        commits: async () => (await own.writing.query<{ commits: number }>(COMMITS)).rows[0]!.commits,
        close: () => own.close(),
      };
    },
    async work() {
      const [row] = (await pools.writing.query<{ wal: number }>(WAL)).rows;
      const response = await fetch(`http://127.0.0.1:${monitor}/varz`);
      const { in_msgs: messages } = (await response.json()) as { in_msgs: number };
      return {
        ...row!,
        messages,
        postgresCpu: cpuSecondsOfFamily(postgres.pid),
        natsCpu: cpuSecondsOf(nats.pid!),
      };
    },
    async stop() {
      await pools.close();
      await nats.stop();
      await postgres.stop();
    },
  };
}
