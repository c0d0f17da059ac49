/**
 * Takes over what nodes that have left leave: one node excludes them, claims their calls in steps, ends what they had open, and asks
 * the providers whether the calls are live. A call that arrives at a node before is claimed by that event, and the same is
 * done for it there. Only the store decides who may write: a wrong judgement costs the other node a restart, never an event.
 */
import { isLive, messageOf, type Call, type CallId, type Clock, type Logger } from '@sidetone/core';
import type { Duties } from '../../duties/duties.ts';
import type { CallRegistry } from '../call-registry.ts';
import type { Ingest } from '../ingest.ts';
import { isNotOwner } from '../loading/call-loads.ts';
import type { CallReads } from '../loading/ports.ts';
import type { CallLedger, CommandTracker, Unfinished } from '../ports.ts';
import { endUnfinished } from '../recovery.ts';
import type { LeftCalls, NodeEvent, NodeStart, NodeView } from './ports.ts';
import { SilentMembers } from './silent-members.ts';

/** Calls that are claimed in one step, and how many of them at once. */
export const CALLS_PER_STEP = 200;
const CALLS_AT_ONCE = 8;
/** After so long, no running node still waits for the answer to a command, ms. */
export const OPEN_COMMAND_MS = 10 * 60_000;
/** How long claimed calls wait for others, so that a provider is asked about many at once, ms. */
export const RECONCILE_MS = 250;

export interface TakeoverDeps {
  readonly left: LeftCalls;
  readonly nodes: NodeView;
  readonly duties: Duties;
  readonly reads: Pick<CallReads, 'recall' | 'onLeft'>;
  readonly registry: Pick<CallRegistry, 'putAll' | 'peek'>;
  readonly ingest: Pick<Ingest, 'ready' | 'record' | 'recordBy' | 'committed'>;
  readonly ledger: Pick<CallLedger, 'putCommand'>;
  readonly openCommands: Pick<CommandTracker, 'interrupted' | 'restore'>;
  /** Asks the provider for the state of these calls, all of one provider. Never throws. */
  readonly reconcile: (calls: readonly Call[]) => void;
  /** `cluster.leaseSeconds` */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Takeover {
  readonly #deps: TakeoverDeps;
  readonly #silent: SilentMembers;
  /** Nodes whose leases are over, until they are excluded. */
  readonly #expired = new Map<number, NodeStart>();
  readonly #toReconcile = new Map<CallId, Call>();
  readonly #counts = { excluded: 0, calls: 0, failures: 0 };
  /** Calls that no node owned when this one started alone. */
  #unowned: readonly CallId[] = [];
  #running = Promise.resolve();
  #isQueued = false;
  #isStopped = false;
  #cancelPoll = (): void => undefined;
  #cancelReconcile: (() => void) | undefined;
  #unsubscribe = (): void => undefined;

  constructor(deps: TakeoverDeps) {
    this.#deps = deps;
    this.#silent = new SilentMembers(deps);
  }

  /** Since the start: nodes that this one has excluded, calls that it took over, and attempts that failed. */
  get counts(): Readonly<{ excluded: number; calls: number; failures: number }> {
    return this.#counts;
  }

  /**
   * Call it before this node serves others or starts providers. @param isAlone whether no other node runs
   * @throws {FaultError} of kind store
   */
  async start(isAlone: boolean): Promise<void> {
    const { left, nodes, reads } = this.#deps;
    reads.onLeft?.((call, unfinished) => this.#recover(call, unfinished));
    this.#unsubscribe = nodes.onPeer((event) => this.#onPeer(event));
    if (isAlone) {
      this.#unowned = await left.expectUnowned();
      await this.#endCommands(0);
    }
    void this.run();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    this.#cancelPoll();
    this.#cancelReconcile?.();
    await this.#running;
  }

  /** Looks for what nodes have left, after the look that is under way. Never rejects. */
  run(): Promise<void> {
    if (this.#isQueued || this.#isStopped) return this.#running;
    this.#isQueued = true;
    this.#running = this.#running.then(() => this.#runOnce());
    return this.#running;
  }

  #onPeer(event: NodeEvent): void {
    if (event.type !== 'left') return;
    const { peer, reason } = event;
    if (reason === 'expired') this.#expired.set(peer.epoch, peer);
    void this.run();
  }

  #schedule(): void {
    const { clock, leaseMs } = this.#deps;
    this.#cancelPoll = clock.schedule(leaseMs, () => {
      void this.run();
      if (!this.#isStopped) this.#schedule();
    });
  }

  /** Never rejects. */
  async #runOnce(): Promise<void> {
    const { duties, log } = this.#deps;
    this.#isQueued = false;
    if (this.#isStopped) return;
    try {
      for (const node of this.#expired.values()) await this.#exclude(node);
      await duties.run('takeover', () => this.#takeOver());
    } catch (error) {
      this.#counts.failures += 1;
      log.warn('taking over calls failed, retrying', { reason: messageOf(error) });
    }
  }

  async #exclude({ node, epoch }: NodeStart): Promise<void> {
    const { left, log } = this.#deps;
    const isExcluded = await left.exclude(epoch);
    this.#expired.delete(epoch);
    if (!isExcluded) return;
    this.#counts.excluded += 1;
    log.warn('node does not answer, excluded from the cluster', { node, epoch });
  }

  async #takeOver(): Promise<void> {
    for (const node of await this.#silent.find()) await this.#exclude(node);
    await this.#claimAll();
    await this.#endCommands(OPEN_COMMAND_MS);
  }

  async #claimAll(): Promise<void> {
    const { left, log } = this.#deps;
    let claimed = await this.#claimSome(this.#unowned);
    this.#unowned = [];
    for (let after: CallId | undefined; !this.#isStopped;) {
      const page = await left.calls(after, CALLS_PER_STEP);
      after = page.at(-1);
      if (after === undefined) break;
      claimed += await this.#claimSome(page);
    }
    if (claimed > 0) log.info('calls taken over', { calls: claimed });
  }

  /** Resolves when what was open in the calls is stored as ended. Returns how many this node decides about. */
  async #claimSome(callIds: readonly CallId[]): Promise<number> {
    let claimed = 0;
    for (let from = 0; from < callIds.length && !this.#isStopped; from += CALLS_AT_ONCE) {
      const some = callIds.slice(from, from + CALLS_AT_ONCE);
      const results = await Promise.all(some.map((callId) => this.#claim(callId)));
      claimed += results.filter(Boolean).length;
    }
    if (claimed > 0) await this.#deps.ingest.committed();
    return claimed;
  }

  /** Returns whether this node decides about a call now. Another one may have claimed it meanwhile. */
  async #claim(callId: CallId): Promise<boolean> {
    const { ingest, reads, registry } = this.#deps;
    try {
      await ingest.ready(callId);
    } catch (error) {
      if (isNotOwner(error)) return false;
      throw error;
    }
    const call = reads.recall(callId);
    if (call && isLive(call) && !registry.peek(callId)) this.#watch(call);
    return call !== undefined;
  }

  /** Called when a call of a node that has left is loaded, before anything is decided about it. */
  #recover(call: Call, left: Unfinished): void {
    this.#counts.calls += 1;
    if (isLive(call)) this.#watch(call);
    endUnfinished(left, this.#deps);
  }

  #watch(call: Call): void {
    const { registry, clock } = this.#deps;
    registry.putAll([call]);
    this.#toReconcile.set(call.id, call);
    this.#cancelReconcile ??= clock.schedule(RECONCILE_MS, () => this.#reconcile());
  }

  #reconcile(): void {
    this.#cancelReconcile = undefined;
    const calls = [...this.#toReconcile.values()];
    this.#toReconcile.clear();
    for (const providerId of new Set(calls.map((call) => call.providerId)))
      this.#deps.reconcile(calls.filter((call) => call.providerId === providerId));
  }

  async #endCommands(ms: number): Promise<void> {
    const { left, ledger, openCommands, clock } = this.#deps;
    for (const command of await left.openCommands(ms))
      await ledger.putCommand(openCommands.interrupted(command, clock.now()));
  }
}
