/** Empties this node before it stops, if other nodes of its cluster can do its work. */
import type { Clock, Logger } from '@sidetone/core';
import type { DependencyContainer } from 'tsyringe';
import type { Owner } from '../../calls/loading/ports.ts';
import { drain } from '../../calls/owners/drain.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import * as tokens from '../../tokens.ts';

export interface DrainingNode {
  readonly parts: DependencyContainer;
  /** Undefined without a cluster: then there is nothing to wait for. */
  readonly cluster: Cluster | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Never rejects. */
export async function drainNode(
  { parts, cluster, clock, log }: DrainingNode,
  signal: AbortSignal,
): Promise<void> {
  const membership = cluster?.membership;
  const claims = parts.resolve(tokens.STORE).member?.claims;
  if (!cluster || !membership || !claims || cluster.settings.drainSeconds === 0) return;
  const successor = successorsOf(cluster);
  const deps = {
    announce: async () => {
      await membership.drain();
      await parts.resolve(tokens.DUTIES).active?.close();
    },
    successor,
    passCallsOn: () => claims.passTo(successor),
    registry: parts.resolve(tokens.CALL_REGISTRY),
    hasStream: parts.resolve(tokens.STREAMS).has.bind(parts.resolve(tokens.STREAMS)),
    ingest: parts.resolve(tokens.INGEST),
    peers: cluster,
    disconnectClients: () => parts.resolve(tokens.HTTP_SERVER).disconnectClients(),
    clock,
    log,
  };
  await drain(deps, cluster.settings.drainSeconds * 1000, signal);
}

/** Returns the other nodes that take calls, in turn. */
function successorsOf({ membership }: Pick<Cluster, 'membership'>): () => Owner | undefined {
  let turn = 0;
  return () => {
    const others = (membership?.peers ?? []).filter(({ isDraining }) => !isDraining);
    if (others.length === 0) return undefined;
    const { node, epoch } = others[turn++ % others.length]!;
    return { node, epoch };
  };
}
