/** Takes the lease of a node at its start. */
import { FaultError, type Clock } from '@sidetone/core';
import { decodeLease, encodeLease, RENEWALS_PER_LEASE, type NodeLease } from './lease.ts';
import type { LeaseStore } from './ports.ts';

export interface Acquired {
  readonly revision: number;
  /** When the lease was requested, monotonic: it counts from then on. */
  readonly at: number;
}

/**
 * Waits until the lease of an earlier process of this name has not been renewed for its time. The clock of the servers does not
 * matter, only that the revision stays the same.
 * @throws {FaultError} CLUSTER_NODE_NAME_TAKEN if another process renews the lease
 */
export async function acquireLease(
  lease: NodeLease,
  { store, clock }: { readonly store: LeaseStore; readonly clock: Pick<Clock, 'elapsed' | 'delay'> },
): Promise<Acquired> {
  const text = encodeLease(lease);
  let first: { readonly revision: number; readonly at: number } | undefined;
  for (;;) {
    const at = clock.elapsed();
    const created = await store.create(lease.node, text);
    if (created !== undefined) return { revision: created, at };
    const stored = await store.get(lease.node);
    if (!stored) continue;
    if (first && stored.revision !== first.revision) throw nameTaken(lease.node);
    first ??= { revision: stored.revision, at };
    const leaseMs = Math.max(lease.leaseMs, decodeLease(stored.text)?.leaseMs ?? 0);
    if (clock.elapsed() - first.at < leaseMs) {
      await clock.delay(leaseMs / RENEWALS_PER_LEASE);
      continue;
    }
    const sentAt = clock.elapsed();
    const updated = await store.update(lease.node, text, stored.revision);
    if (updated === undefined) throw nameTaken(lease.node);
    return { revision: updated, at: sentAt };
  }
}

export const nameTaken = (node: string): FaultError =>
  new FaultError('CLUSTER_NODE_NAME_TAKEN', `another process is the node "${node}" of the cluster`);
