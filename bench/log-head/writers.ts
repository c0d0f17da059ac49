/** Writers that commit utterances to one log, each by a connection of its own, as the nodes of a cluster do. */
import { readFileSync } from 'node:fs';
import { createPools } from '../../packages/daemon/src/store/postgres/connection/pools.ts';
import { mayWrite } from '../../packages/daemon/src/store/postgres/connection/locks.ts';
import { Session, type Statement } from '../../packages/daemon/src/store/postgres/connection/session.ts';
import { createPostgresLedger } from '../../packages/daemon/src/store/postgres/ledger.ts';
import { openPostgres } from '../../packages/daemon/src/store/postgres/open-postgres.ts';
import { StoreHealth } from '../../packages/daemon/src/store/store-health.ts';
import { startServer } from '../../packages/daemon/test/postgres/support/server.ts';
import { DraftMaker } from '../../packages/daemon/test/store/suites/drafts.ts';
import { cpuSecondsOfFamily } from '../support/cpu.ts';

export type Durability = 'full' | 'normal';

const TEXT = 'I would like to change the delivery address of my order, please.';
const CALLS = 10;
const CONDITION = mayWrite('$5::bigint');
const NO_CONDITION = '($5::bigint is null or true)';

/** Sends the statement of a commit without the condition that its node is a member. */
class UnfencedSession extends Session {
  override write: Session['write'] = (statement: Statement) => {
    if (!statement.text.includes(CONDITION)) throw new Error('expected the statement of a commit');
    const { text, values, name } = statement;
    return super.write({
      text: text.replace(CONDITION, NO_CONDITION),
      ...(values && { values }),
      ...(name !== undefined && { name: `unfenced_${name}` }),
    });
  };
}

export interface Writer {
  /** Stores so many utterances in one commit. */
  commit(size: number): Promise<void>;
  /** The CPU time of its process in the server until now, μs. */
  serverCpu(): number;
  close(): Promise<void>;
}

export interface Log {
  /** Adds a writer that is a member. */
  open(name: string, durability: Durability, isFenced?: boolean): Promise<Writer>;
  /** Of all processes of the server until now, s. */
  cpuSeconds(): number;
  /** The length of the write-ahead log, bytes. */
  wal(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a server that writes to the disk. Returns undefined if its binaries are missing. */
export async function startLog(): Promise<Log | undefined> {
  const server = await startServer(['max_wal_size=8GB', 'autovacuum_naptime=5s']);
  if (!server) return undefined;
  const url = `${server.url}/postgres`;
  const { pools, close } = await openPostgres({ url });
  let epochs = 0;
  return {
    cpuSeconds: () => cpuSecondsOfFamily(server.pid),
    async open(name, durability, isFenced = true) {
      const own = await createPools({ url, durability });
      const session = new (isFenced ? Session : UnfencedSession)(own, new StoreHealth());
      session.epoch = ++epochs;
      await pools.writing.query('update log_head set members = array_append(members, $1::bigint)', [epochs]);
      const { rows } = await own.writing.query<{ pid: number }>('select pg_backend_pid() as pid');
      const ledger = createPostgresLedger(session);
      const maker = new DraftMaker();
      const calls = Array.from({ length: CALLS }, (_, index) => `${name}_${index}`);
      await ledger.commit(calls.map((call) => maker.start(call)));
      let lines = 0;
      return {
        async commit(size) {
          const next = () => maker.line(calls[lines % CALLS]!, lines++, TEXT);
          await ledger.commit(Array.from({ length: size }, next));
        },
        // Nanoseconds; the process has one thread.
        serverCpu: () => Number(readFileSync(`/proc/${rows[0]!.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000,
        close: () => own.close(),
      };
    },
    async wal() {
      const text = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal";
      return (await pools.writing.query<{ wal: number }>(text)).rows[0]!.wal;
    },
    async stop() {
      await close();
      await server.stop();
    },
  };
}
