/** The servers of a cluster, for all tests of a file: PostgreSQL and NATS. Undefined, with a line on standard error, if one is missing. */
import {
  isNatsInstalled,
  startNats,
  type NatsServer,
} from '../../../../packages/daemon/test/nats/support/nats-server.ts';
import { startServer, type RunningServer } from '../../../../packages/daemon/test/postgres/support/server.ts';
import { createPools } from '../../../../packages/daemon/src/store/postgres/connection/pools.ts';
import { onEnd } from '../../../support/cleanup.ts';

export interface Servers {
  readonly postgres: RunningServer;
  readonly nats: NatsServer;
  /** Creates a database and returns its URL. */
  newDatabase(): Promise<string>;
}

/** Call it once in a file, outside of tests: the servers are stopped after the last one. */
export async function startServers(): Promise<Servers | undefined> {
  if (!isNatsInstalled) {
    process.stderr.write('clusters are skipped: install nats-server (Debian has a package of this name)\n');
    return undefined;
  }
  const postgres = await startServer(['fsync=off', 'full_page_writes=off', 'max_connections=200']);
  if (!postgres) return undefined;
  onEnd(() => postgres.stop());
  const nats = await startNats();
  onEnd(() => nats.stop());
  let databases = 0;
  return {
    postgres,
    nats,
    async newDatabase() {
      const name = `cluster_${++databases}`;
      const pools = await createPools({ url: `${postgres.url}/postgres` });
      await pools.writing.query(`create database ${name}`);
      await pools.close();
      return `${postgres.url}/${name}`;
    },
  };
}
