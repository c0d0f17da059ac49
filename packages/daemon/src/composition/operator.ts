/** What the operator sees: readiness, and turns of the event loop that take long. */
import type { ProviderId } from '@sidetone/core';
import { LoopMonitor } from '../loop/loop-monitor.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { LeaseState } from '../cluster/membership/membership.ts';
import { Readiness, stateOf, type ClusterReport } from '../operator/readiness.ts';
import * as tokens from '../tokens.ts';
import type { Environment, Register } from './registration.ts';

const LEASES = {
  held: 'HELD',
  unconfirmed: 'UNCONFIRMED',
  taken: 'TAKEN',
} as const satisfies Record<LeaseState, ClusterReport['lease']>;

export function registerOperator(register: Register, { cluster, clock, log, isReady }: Environment): void {
  register(
    tokens.LOOP_MONITOR,
    (get) =>
      new LoopMonitor({
        clock,
        log: log('loop'),
        onBlocked: (plugin, work, workMs) =>
          get(tokens.PROVIDERS)
            .get(plugin as ProviderId)
            ?.blocks.add(work, workMs),
      }),
  );
  register(
    tokens.READINESS,
    (get) =>
      new Readiness({
        hasStarted: isReady,
        isDraining: () => cluster?.membership?.isDraining ?? false,
        storeFailure: () => get(tokens.STORE_HEALTH).failure,
        cluster: cluster && (() => clusterReport(cluster)),
        providers: () => get(tokens.PROVIDERS).list(),
        transcribers: () => get(tokens.TRANSCRIBERS).list(),
      }),
  );
}

function clusterReport({ settings, membership, connection }: Cluster): ClusterReport {
  const peers = membership?.peers ?? [];
  return {
    node: settings.node,
    lease: LEASES[membership?.state ?? 'unconfirmed'],
    nats: stateOf(connection.problem),
    peers: peers.map(({ node, version, isDraining }) => ({ node, version, isDraining })),
  };
}
