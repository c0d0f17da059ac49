/** This node among the others. Without `cluster` in the configuration, nothing of it is loaded. */
import { FaultError, type CallId } from '@sidetone/core';
import type { DependencyContainer } from 'tsyringe';
import { createPeerHandlers } from '../calls/owners/handlers.ts';
import { actionsOf } from '../mutations/here.ts';
import { createActionHandler } from '../mutations/peers.ts';
import { startOwnerSweep, type OwnerSweepDeps } from '../calls/owners/owner-sweep.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Config } from '../config/schema.ts';
import type { Store } from '../store/store.ts';
import type { Tracing } from '../tracing/tracing.ts';
import * as tokens from '../tokens.ts';
import { forgetRemoved } from './nodes/following.ts';
import { openStore, type OpeningDeps } from './store.ts';

interface Storage {
  readonly store: Store;
  readonly cluster: Cluster | undefined;
}

/**
 * Connects to the other nodes, opens the store, and becomes a member. What was opened is closed by `undo`, also after a failure.
 * @throws {FaultError} of the cluster, or of kind store or config.
 */
export async function openStorage(
  config: Pick<Config, 'storage' | 'cluster'>,
  {
    undo,
    tracing: trace,
    ...deps
  }: OpeningDeps & { readonly undo: (() => unknown)[]; readonly tracing: Tracing | undefined },
): Promise<Storage> {
  const cluster = await connectCluster(config, { ...deps, trace });
  // After the store: when the others see that the lease has ended, this node owns nothing any longer.
  if (cluster) undo.push(() => cluster.close());
  const store = await openStore(config, deps);
  undo.push(() => store.close());
  if (!cluster || !store.member) return { store, cluster };
  await cluster.join(store.member.epoch);
  cluster.membership?.onLease((state) => {
    if (state === 'taken')
      deps.onFenced(new FaultError('CLUSTER_NODE_NAME_TAKEN', 'another process has the name of this node'));
  });
  return { store, cluster };
}

async function connectCluster(
  { cluster: settings }: Pick<Config, 'cluster'>,
  { version, clock, log, trace }: OpeningDeps & { readonly trace: Tracing | undefined },
): Promise<Cluster | undefined> {
  if (!settings) return undefined;
  const { Cluster } = await import('../cluster/cluster.ts');
  return Cluster.connect(settings, { version, clock, log: log('cluster'), trace });
}

/** What a node has when its store is open. */
interface NodeParts {
  readonly parts: DependencyContainer;
  readonly cluster: Cluster | undefined;
  readonly undo: (() => unknown)[];
}

/** Accepts the requests of other nodes. Call it when the calls of this node are loaded. */
export function serveNodes({ parts, cluster, undo }: NodeParts): void {
  const { member } = parts.resolve(tokens.STORE);
  if (!cluster || !member) return;
  const act = createActionHandler(actionsOf(parts.resolve(tokens.SERVICES_HERE)));
  cluster.serve(
    member.epoch,
    createPeerHandlers(parts.resolve(tokens.INGEST), parts.resolve(tokens.STREAMS), act),
  );
  undo.push(() => cluster.endService());
  undo.push(forgetErasedElsewhere(parts, cluster));
}

/** Forgets calls that other nodes erase, and deletes their recordings here. Returns a function that ends it. */
function forgetErasedElsewhere(parts: DependencyContainer, cluster: Cluster): () => void {
  const erasure = parts.resolve(tokens.ERASURE);
  const { erasures, membership } = cluster;
  const stops = [
    erasures.onErased((callId, what) => void erasure.onErasedElsewhere(callId as CallId, what)),
    erasures.onMissed(() => forgetRemoved(parts)),
    membership?.onPeer(({ type }) => {
      if (type === 'left') erasures.missed();
    }),
  ];
  return () => {
    for (const stop of stops) stop?.();
  };
}

/** Deletes what nodes that have left leave in the store, in one node of the cluster. */
export function sweepOwners({
  parts,
  undo,
  clock,
  log,
}: Pick<NodeParts, 'parts' | 'undo'> & Omit<OwnerSweepDeps, 'claims' | 'duties'>): void {
  const claims = parts.resolve(tokens.STORE).member?.claims;
  const { active: duties } = parts.resolve(tokens.DUTIES);
  if (claims && duties) undo.push(startOwnerSweep({ claims, duties, clock, log }));
}
