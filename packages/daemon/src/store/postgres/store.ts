/** The store in a database of PostgreSQL, of which this daemon is a member while it is open. */
import type { FaultError } from '@sidetone/core';
import { CallMemory } from '../../calls/loading/call-memory.ts';
import type { StoreDeps } from '../open-sqlite.ts';
import { StoreHealth } from '../store-health.ts';
import type { PoolUse, Store, StoreMember } from '../store.ts';
import { createPostgresAuditLog } from './audit/log.ts';
import { DEFAULT_SCHEMA, type PostgresOptions } from './connection/options.ts';
import type { Pools } from './connection/pools.ts';
import { createPostgresEventLog } from './event-log.ts';
import { createPostgresHistory } from './history/history.ts';
import { createPostgresLedger } from './ledger.ts';
import { createPostgresCallSource } from './ledger/call-source.ts';
import { createPostgresRecordings, createPostgresWaveforms } from './media.ts';
import { CallClaims } from './nodes/claims.ts';
import { createDutyLeases } from './nodes/duty-leases.ts';
import { joinStore, type Membership } from './nodes/join.ts';
import { createLeftCalls } from './nodes/left-calls.ts';
import { openPostgres, type PostgresStore } from './open-postgres.ts';
import { createPostgresState } from './plugin-state.ts';
import { loadPostgresSecrets } from './secrets.ts';
import { createSharedLog } from './shared-log.ts';
import { createPostgresTokens } from './tokens.ts';
import { RecoveryWatch } from './recovery-watch.ts';

export interface PostgresDeps extends StoreDeps {
  /** The name of this daemon; unique in its cluster. */
  readonly node: string;
  /** The release. */
  readonly version: string;
  /** Whether other daemons may write to the database at the same time. */
  readonly isCluster: boolean;
  /** Called once, if another daemon has excluded this one: it has to stop. */
  readonly onFenced: (fault: FaultError) => void;
}

/** @throws {FaultError} of kind store, or CONFIG_INVALID. */
export async function openPostgresStore(options: PostgresOptions, deps: PostgresDeps): Promise<Store> {
  const { clock, log, node: name, version, isCluster } = deps;
  const health = new StoreHealth(log('store'));
  const opened = await openPostgres(options, health);
  try {
    const onFenced = (fault: FaultError): void => {
      health.lost(fault);
      deps.onFenced(fault);
    };
    const joining = { name, version, isCluster, clock, log: log('store'), onFenced };
    const membership = await keepRunning(joinStore(opened.session, joining));
    const claims = isCluster
      ? new CallClaims({ session: opened.session, clock, log: log('store') })
      : undefined;
    const duties = isCluster ? createDutyLeases(opened.session) : undefined;
    const left = claims && createLeftCalls(opened.session, claims);
    const { epoch, isAlone } = membership;
    const member = { epoch, isAlone, claims, duties, left };
    return await createStore(opened, { membership, member, health }, { ...deps, schema: options.schema });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Timers of the clock do not keep the process running, and before the server listens, nothing else does. */
async function keepRunning<Value>(task: Promise<Value>): Promise<Value> {
  const timer = setInterval(() => undefined, 60_000);
  try {
    return await task;
  } finally {
    clearInterval(timer);
  }
}

interface Joined {
  readonly membership: Membership;
  readonly member: StoreMember;
  readonly health: StoreHealth;
}

async function createStore(
  opened: PostgresStore,
  { membership, member, health }: Joined,
  { countries, clock, log, schema = DEFAULT_SCHEMA }: PostgresDeps & { readonly schema?: string | undefined },
): Promise<Store> {
  const { session, pools, historyReads, logId, migrations } = opened;
  const eventLog = createPostgresEventLog({ session, historyReads, logId, epochs: membership.epochs });
  const { history, waiting, close } = createPostgresHistory(historyReads, { clock, log: log('history') });
  const watch = new RecoveryWatch({ session, health, clock });
  return {
    ledger: { ...createPostgresLedger(session, countries), isScrubDue: () => false },
    reads: new CallMemory({ source: createPostgresCallSource(session, member.claims), clock }),
    member,
    eventLog,
    sharedLog: createSharedLog(session),
    startPosition: await eventLog.latest(),
    history,
    audit: createPostgresAuditLog(session),
    state: createPostgresState(session),
    accessTokens: createPostgresTokens(session),
    waveforms: createPostgresWaveforms(session),
    recordings: createPostgresRecordings(session),
    secret: await loadPostgresSecrets(session),
    health,
    description: { server: session.server, schema, migrations },
    waitingQueries: waiting,
    connections: () => [
      useOf('reading', pools.reading),
      useOf('history', pools.history),
      useOf('writing', pools.writing),
    ],
    start: () => watch.start(),
    async close() {
      close();
      watch.stop();
      member.claims?.close();
      await membership.leave();
      await opened.close();
    },
  };
}

const useOf = (pool: string, { totalCount, idleCount, waitingCount }: Pools['reading']): PoolUse => ({
  pool,
  used: totalCount - idleCount,
  idle: idleCount,
  waiting: waitingCount,
});
