/**
 * Joins the daemons that write to a database. A daemon without a cluster accepts no other one beside it, and of a cluster no two
 * have the same name. Whether a daemon runs is seen by its heartbeat, an instant by the clock of the database: unlike a lock of a
 * session, it survives a lost connection and works behind any pooler. One that crashed is excluded when its lease has ended.
 */
import { FaultError, messageOf, type Clock, type Logger } from '@sidetone/core';
import type { LogEpoch } from '../../../calls/ports.ts';
import { fenced, lockHead } from '../connection/locks.ts';
import type { Queries, Session } from '../connection/session.ts';
import { beginPostgresEpoch, postgresEpochs } from '../opening/log-epochs.ts';
import { rejectUnfinished } from '../../to-postgres/progress-row.ts';
import { fence, NOW, type Member } from './members.ts';

/** How long a daemon counts as running after its last heartbeat, ms. */
export const LEASE_MS = 10_000;
const HEARTBEAT_MS = LEASE_MS / 4;
/** How often a daemon that starts looks whether the one before it still runs, ms. */
const LOOK_MS = 1000;
/** How long the rows of earlier starts are kept, ms. */
const EARLIER_MS = 7 * 24 * 60 * 60_000;

export interface JoinOptions {
  /** Unique in the cluster. */
  readonly name: string;
  /** The release. */
  readonly version: string;
  /** Whether other nodes may write to the database at the same time. */
  readonly isCluster: boolean;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Called once, if another node has excluded this one: it has to stop, because nothing that it decides can be stored. */
  readonly onFenced: (fault: FaultError) => void;
  /** Ends the wait for a daemon that may have crashed. */
  readonly signal?: AbortSignal;
}

export interface Membership {
  readonly name: string;
  readonly epoch: number;
  /** The epochs of the event log, oldest first. */
  readonly epochs: readonly LogEpoch[];
  /** Whether no other node was running when this one joined. */
  readonly isAlone: boolean;
  /** Gives up everything that this node owns. Call it after the last write. Never rejects. */
  leave(): Promise<void>;
}

/**
 * Makes this daemon a member: from now on all statements of the session carry its epoch.
 * @throws {FaultError} STORE_IN_USE if a daemon runs that permits no other one, or has the same name;
 * MIGRATION_UNFINISHED; or another one of kind store.
 */
export async function joinStore(session: Session, options: JoinOptions): Promise<Membership> {
  const { clock, log, name } = options;
  const first = new Map<number, number>();
  let hasWaited = false;
  for (;;) {
    const result = await session.transaction(
      (queries) => tryJoin(queries, session.server, options),
      lockHead(undefined),
    );
    if ('epoch' in result) return startMember(session, options, result);
    for (const rival of result.rivals) {
      if (rival.seenAt > (first.get(rival.epoch) ?? rival.seenAt)) throw inUse(session.server, rival, name);
      first.set(rival.epoch, rival.seenAt);
    }
    if (!hasWaited)
      log.info('another daemon may be running, waiting for the end of its lease', { leaseMs: LEASE_MS });
    hasWaited = true;
    await clock.delay(LOOK_MS, options.signal);
    if (options.signal?.aborted) throw inUse(session.server, result.rivals[0]!, name);
  }
}

interface Joined {
  readonly epoch: number;
  readonly epochs: readonly LogEpoch[];
  readonly isAlone: boolean;
}

/** Joins, or returns the daemons that may be running. Call it under the lock of the head. */
async function tryJoin(
  queries: Queries,
  server: string,
  { name, version, isCluster }: JoinOptions,
): Promise<Joined | { readonly rivals: readonly Member[] }> {
  await rejectUnfinished(queries, server);
  const others = await queries.rows<Member & { readonly isAlive: boolean; readonly isRival: boolean }>({
    text: `select epoch, name, version, started_at as "startedAt", seen_at as "seenAt",
        seen_at > ${NOW} - $3::bigint as "isAlive", name = $1 or not (is_cluster and $2) as "isRival"
      from nodes, log_head where nodes.epoch = any(log_head.members)`,
    values: [name, isCluster, LEASE_MS],
  });
  const rivals = others.filter(({ isRival }) => isRival);
  const running = rivals.filter(({ isAlive }) => isAlive);
  if (running.length > 0) return { rivals: running };
  const [row] = await queries.rows<{ epoch: number }>({
    // The clock makes it unique, also if an older copy of the database has been restored.
    text: `update log_head set last_epoch = greatest(last_epoch + 1, ${NOW}),
        members = array_append(members, greatest(last_epoch + 1, ${NOW})) returning last_epoch as epoch`,
  });
  const { epoch } = row!;
  await queries.run({
    text: `insert into nodes (epoch, name, version, is_cluster, started_at, seen_at) values ($1, $2, $3, $4, ${NOW}, ${NOW})`,
    values: [epoch, name, version, isCluster],
  });
  for (const rival of rivals) await fence(queries, rival.epoch, epoch);
  await queries.run({
    text: `delete from nodes where fenced_at < ${NOW} - $1::bigint`,
    values: [EARLIER_MS],
  });
  const isAlone = !others.some(({ isAlive }) => isAlive);
  if (isAlone) await beginPostgresEpoch(queries);
  return { epoch, epochs: await postgresEpochs(queries), isAlone };
}

function startMember(session: Session, options: JoinOptions, joined: Joined): Membership {
  const { epoch } = joined;
  const { clock, log, onFenced, name } = options;
  session.epoch = epoch;
  let isOver = false;
  let cancel = (): void => undefined;
  const beat = async (): Promise<void> => {
    try {
      if (!(await heartbeat(session, epoch)) && !isOver) {
        isOver = true;
        onFenced(fenced());
      }
    } catch (error) {
      log.warn('heartbeat in the database failed, retrying', { reason: messageOf(error) });
    }
    if (!isOver) cancel = clock.schedule(HEARTBEAT_MS, () => void beat());
  };
  cancel = clock.schedule(HEARTBEAT_MS, () => void beat());
  return {
    name,
    ...joined,
    async leave() {
      isOver = true;
      cancel();
      try {
        await fence(session, epoch, epoch);
      } catch (error) {
        log.warn('leaving the database failed, its lease ends by itself', { reason: messageOf(error) });
      }
    },
  };
}

/** Returns false if the node is no member any longer. Not behind the writes, which may wait for a lock. */
async function heartbeat(session: Session, epoch: number): Promise<boolean> {
  const rows = await session.rows({
    name: 'heartbeat',
    text: `update nodes set seen_at = ${NOW} where epoch = $1 and fenced_at is null returning 1`,
    values: [epoch],
  });
  return rows.length > 0;
}

function inUse(server: string, { name, startedAt }: Member, own: string): FaultError {
  const what = name === own ? 'is in use by another daemon of the same name' : 'is in use by the daemon';
  const since = new Date(startedAt).toISOString();
  return new FaultError('STORE_IN_USE', `${server}: ${what} "${name}", which started at ${since}`);
}
