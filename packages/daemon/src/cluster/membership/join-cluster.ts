/** Makes a connected node a member of its cluster. */
import type { Clock, Logger } from '@sidetone/core';
import type { ClusterSettings } from '../../config/cluster.ts';
import type { ClusterConnection } from '../connection/connection.ts';
import { KvLeases } from './kv-leases.ts';
import type { NodeLease } from './lease.ts';
import { Membership } from './membership.ts';

export interface JoinDeps {
  readonly settings: Pick<ClusterSettings, 'nats' | 'name' | 'node' | 'leaseSeconds' | 'replicas'>;
  readonly connection: Pick<ClusterConnection, 'client' | 'onChange'>;
  readonly clock: Pick<Clock, 'elapsed' | 'delay' | 'schedule'>;
  readonly log: Logger;
}

/** Of servers from which on a loss of one must not lose the leases. */
const REPLICATED = 3;

/**
 * The membership belongs to the caller, who stops it before the connection is closed.
 * @throws {FaultError} CLUSTER_NODE_NAME_TAKEN, or an error of NATS
 */
export async function joinCluster(
  identity: Pick<NodeLease, 'epoch' | 'instance' | 'version' | 'startedAt'>,
  { settings, connection, clock, log }: JoinDeps,
): Promise<Membership> {
  const { nats, name, node, leaseSeconds } = settings;
  const leaseMs = leaseSeconds * 1000;
  const replicas = settings.replicas ?? (nats.length >= REPLICATED ? REPLICATED : 1);
  const store = new KvLeases({ client: connection.client, bucket: `${name}-nodes`, leaseMs, replicas });
  const lease = { ...identity, node, isDraining: false, leaseMs };
  const membership = await Membership.start(lease, { store, clock, log });
  connection.onChange((isConnected) => {
    if (isConnected) void membership.reconnected();
  });
  return membership;
}
