/**
 * Which other nodes live, judged by the renewals of their leases. The own renewals arrive in the same stream as those of the
 * others, so their arrival proves that nothing was missed: another node is dead if it did not renew its lease for a whole time
 * of a lease, in which the own renewals arrived without a gap. A node that is paused or cut off, or whose servers lost their
 * state, therefore judges nobody. Only the monotonic time of this node counts.
 */
import type { NodeLease } from './lease.ts';

export type PeerEvent =
  | { readonly type: 'joined'; readonly peer: NodeLease }
  | { readonly type: 'changed'; readonly peer: NodeLease }
  /** `expired`: it may be paused, and must be fenced. `released`: it stopped in order. `replaced`: it has started again. */
  | {
      readonly type: 'left';
      readonly peer: NodeLease;
      readonly reason: 'expired' | 'released' | 'replaced';
    };

interface Peer {
  readonly lease: NodeLease;
  readonly revision: number;
  readonly seenAt: number;
}

export class PeerView {
  readonly #own: Pick<NodeLease, 'node' | 'instance' | 'leaseMs'>;
  readonly #peers = new Map<string, Peer>();
  /** Since when the own renewals have arrived without a gap. */
  #watchedSince = 0;
  #ownSeenAt = -Infinity;

  constructor(own: Pick<NodeLease, 'node' | 'instance' | 'leaseMs'>) {
    this.#own = own;
  }

  /** The nodes that live, or have not been judged yet. */
  get peers(): readonly NodeLease[] {
    return [...this.#peers.values()].map(({ lease }) => lease);
  }

  /** Returns whether the own renewals arrive, so that the view is current. */
  isCurrent(now: number): boolean {
    return now - this.#ownSeenAt <= this.#longestGapMs;
  }

  /** Returns how long ago a renewal of this node arrived last, ms. */
  ownAgeMs(now: number): number {
    return now - this.#ownSeenAt;
  }

  /** Notes a renewal. @param revision different for each renewal of a node */
  seen(lease: NodeLease, revision: number, now: number): readonly PeerEvent[] {
    if (lease.node === this.#own.node) return lease.instance === this.#own.instance ? this.#ownSeen(now) : [];
    const known = this.#peers.get(lease.node);
    // The first messages of a watch repeat the last renewals.
    if (known?.revision === revision) return [];
    this.#peers.set(lease.node, { lease, revision, seenAt: now });
    if (!known) return [{ type: 'joined', peer: lease }];
    if (known.lease.instance !== lease.instance)
      return [
        { type: 'left', peer: known.lease, reason: 'replaced' },
        { type: 'joined', peer: lease },
      ];
    const hasChanged = known.lease.isDraining !== lease.isDraining || known.lease.epoch !== lease.epoch;
    return hasChanged ? [{ type: 'changed', peer: lease }] : [];
  }

  /** Notes that a node has given up its lease. */
  released(node: string): readonly PeerEvent[] {
    const known = this.#peers.get(node);
    if (!known) return [];
    this.#peers.delete(node);
    return [{ type: 'left', peer: known.lease, reason: 'released' }];
  }

  /** Returns whether the next renewal of this node will end another one: it need not wait for its time. */
  isDecisionDue(now: number): boolean {
    return this.isCurrent(now) && [...this.#peers.values()].some((peer) => this.#isExpired(peer, now));
  }

  #ownSeen(now: number): readonly PeerEvent[] {
    if (!this.isCurrent(now)) this.#watchedSince = now;
    this.#ownSeenAt = now;
    const expired = [...this.#peers.values()].filter((peer) => this.#isExpired(peer, now));
    for (const { lease } of expired) this.#peers.delete(lease.node);
    return expired.map(({ lease }) => ({ type: 'left', peer: lease, reason: 'expired' }));
  }

  /** The settings of two nodes can differ while they are changed: the longer time counts. */
  #isExpired({ lease, seenAt }: Peer, now: number): boolean {
    return now - Math.max(seenAt, this.#watchedSince) >= Math.max(lease.leaseMs, this.#own.leaseMs);
  }

  get #longestGapMs(): number {
    return this.#own.leaseMs / 2;
  }
}
