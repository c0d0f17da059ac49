/**
 * The lease of this node and the view of the others. The lease is renewed for as long as the process runs; the view is kept by a
 * watch, which is opened again whenever the own renewals do not arrive in it.
 */
import { messageOf, type Clock, type FaultError, type Logger } from '@sidetone/core';
import { acquireLease, nameTaken } from './acquire.ts';
import { decodeLease, encodeLease, RENEWALS_PER_LEASE, type NodeLease } from './lease.ts';
import { PeerView, type PeerEvent } from './peer-view.ts';
import type { LeaseStore } from './ports.ts';

/**
 * `unconfirmed`: the servers have not confirmed a renewal for the time of the lease; others may have taken over the calls.
 * `taken`: another process has the name of this node, so this one has to stop.
 */
export type LeaseState = 'held' | 'unconfirmed' | 'taken';

export interface MembershipCounts {
  readonly renewals: number;
  readonly failedRenewals: number;
  /** How often the watch was opened. */
  readonly watches: number;
  /** How often the lease was lost. */
  readonly losses: number;
}

export interface MembershipDeps {
  readonly store: LeaseStore;
  readonly clock: Pick<Clock, 'elapsed' | 'delay' | 'schedule'>;
  readonly log: Logger;
}

export class Membership {
  readonly #deps: MembershipDeps;
  readonly #view: PeerView;
  readonly #peerListeners = new Set<(event: PeerEvent) => void>();
  readonly #leaseListeners = new Set<(state: LeaseState) => void>();
  readonly #counts = { renewals: 0, failedRenewals: 0, watches: 0, losses: 0 };
  #lease: NodeLease;
  #state: LeaseState = 'held';
  /** Undefined if the lease has to be created. */
  #revision: number | undefined;
  /** When the last confirmed renewal was sent. */
  #confirmedAt: number;
  #renewing: Promise<void> | undefined;
  #opening: Promise<void> | undefined;
  #endWatch: (() => void) | undefined;
  #cancelTick = (): void => undefined;
  #isStopped = false;
  #isFailing = false;

  /** @throws {FaultError} CLUSTER_NODE_NAME_TAKEN, or those of the store */
  static async start(lease: NodeLease, deps: MembershipDeps): Promise<Membership> {
    await deps.store.open();
    const { revision, at } = await acquireLease(lease, deps);
    const membership = new Membership(lease, deps, { revision, at });
    await membership.#watch();
    return membership;
  }

  private constructor(
    lease: NodeLease,
    deps: MembershipDeps,
    first: { readonly revision: number; readonly at: number },
  ) {
    this.#deps = deps;
    this.#lease = lease;
    this.#view = new PeerView(lease);
    this.#revision = first.revision;
    this.#confirmedAt = first.at;
    this.#schedule();
  }

  /** The other nodes. */
  get peers(): readonly NodeLease[] {
    return this.#view.peers;
  }

  /** Whether the view of the other nodes is current. */
  get isCurrent(): boolean {
    return this.#view.isCurrent(this.#deps.clock.elapsed());
  }

  get state(): LeaseState {
    return this.#state;
  }

  /** Whether this node accepts no further calls. */
  get isDraining(): boolean {
    return this.#lease.isDraining;
  }

  get counts(): MembershipCounts {
    return this.#counts;
  }

  /** Calls the listener with changes of the other nodes. Returns a function that unsubscribes. */
  onPeer(listener: (event: PeerEvent) => void): () => void {
    this.#peerListeners.add(listener);
    return () => this.#peerListeners.delete(listener);
  }

  /** Calls the listener when the lease of this node is lost or held again. Returns a function that unsubscribes. */
  onLease(listener: (state: LeaseState) => void): () => void {
    this.#leaseListeners.add(listener);
    return () => this.#leaseListeners.delete(listener);
  }

  /** Tells the other nodes that this one accepts no further calls. */
  async drain(): Promise<void> {
    this.#lease = { ...this.#lease, isDraining: true };
    await this.#renewing;
    await this.#renew();
  }

  /** The connection is there again: what happened meanwhile is read at once. */
  async reconnected(): Promise<void> {
    await Promise.all([this.#watch(), this.#renew()]);
  }

  /** Gives up the lease, so that the others need not wait for its end. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTick();
    this.#endWatch?.();
    await this.#renewing;
    if (this.#state === 'taken' || this.#revision === undefined) return;
    await this.#deps.store.delete(this.#lease.node, this.#revision).catch(() => undefined);
  }

  #schedule(): void {
    // Twice as often as renewals, so that the end of a lease is noticed in time.
    const intervalMs = this.#lease.leaseMs / RENEWALS_PER_LEASE / 2;
    this.#cancelTick = this.#deps.clock.schedule(intervalMs, () => {
      this.#tick();
      if (!this.#isStopped && this.#state !== 'taken') this.#schedule();
    });
  }

  #tick(): void {
    const now = this.#deps.clock.elapsed();
    const { leaseMs } = this.#lease;
    if (now - this.#confirmedAt >= leaseMs) this.#set('unconfirmed');
    const isDue = now - this.#confirmedAt >= leaseMs / RENEWALS_PER_LEASE;
    if (isDue || this.#view.isDecisionDue(now)) void this.#renew();
    // The watch is silent although renewals succeed.
    if (this.#state === 'held' && this.#view.ownAgeMs(now) > leaseMs / 2) void this.#watch();
  }

  /** One at a time. Never rejects. */
  #renew(): Promise<void> {
    if (this.#isStopped || this.#state === 'taken') return Promise.resolve();
    this.#renewing ??= this.#renewOnce().finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  async #renewOnce(): Promise<void> {
    try {
      const sentAt = this.#deps.clock.elapsed();
      const revision = await this.#store();
      if (revision === undefined) return this.#set('taken');
      this.#revision = revision;
      this.#confirmedAt = sentAt;
      this.#counts.renewals += 1;
      if (this.#isFailing) this.#deps.log.info('lease of the node renewed again');
      this.#isFailing = false;
      this.#set('held');
    } catch (error) {
      this.#counts.failedRenewals += 1;
      if (!this.#isFailing)
        this.#deps.log.warn('lease of the node was not renewed, retrying', { reason: messageOf(error) });
      this.#isFailing = true;
      await this.#deps.store.open().catch(() => undefined);
    }
  }

  /** Returns the new revision; undefined if another process has the name. */
  async #store(): Promise<number | undefined> {
    const { store } = this.#deps;
    const { node, instance } = this.#lease;
    const text = encodeLease(this.#lease);
    const updated = this.#revision === undefined ? undefined : await store.update(node, text, this.#revision);
    if (updated !== undefined) return updated;
    // It has expired, or the answer to an earlier renewal was lost.
    const stored = await store.get(node);
    if (!stored) return store.create(node, text);
    if (decodeLease(stored.text)?.instance !== instance) return undefined;
    return store.update(node, text, stored.revision);
  }

  #set(state: LeaseState): void {
    if (state === this.#state || this.#state === 'taken') return;
    this.#state = state;
    if (state !== 'held') this.#counts.losses += 1;
    if (state === 'taken') {
      const { code, message }: FaultError = nameTaken(this.#lease.node);
      this.#deps.log.error('lease of the node lost', { code, reason: message });
      this.#endWatch?.();
    }
    if (state === 'unconfirmed') this.#deps.log.warn('lease of the node expired, retrying');
    for (const listener of this.#leaseListeners) listener(state);
  }

  /** One at a time. Never rejects: the next tick tries again. */
  #watch(): Promise<void> {
    if (this.#isStopped || this.#state === 'taken') return Promise.resolve();
    this.#opening ??= this.#openWatch()
      .catch((error: unknown) => {
        this.#deps.log.debug('watching the leases failed, retrying', { reason: messageOf(error) });
      })
      .finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #openWatch(): Promise<void> {
    const { store, clock } = this.#deps;
    this.#endWatch?.();
    this.#endWatch = undefined;
    this.#counts.watches += 1;
    let isCurrent = true;
    const end = await store.watch({
      stored: (_node, { text, revision }) => {
        const lease = isCurrent ? decodeLease(text) : undefined;
        if (lease) this.#emit(this.#view.seen(lease, revision, clock.elapsed()));
      },
      deleted: (node) => {
        if (isCurrent) this.#emit(this.#view.released(node));
      },
      // The own renewals do not arrive any longer, so a tick opens the next one.
      ended: () => (isCurrent = false),
    });
    const endWatch = (): void => {
      isCurrent = false;
      end();
    };
    if (this.#isStopped) endWatch();
    else this.#endWatch = endWatch;
  }

  #emit(events: readonly PeerEvent[]): void {
    for (const event of events) for (const listener of this.#peerListeners) listener(event);
  }
}
