/**
 * The duties of this node in a cluster. It takes one when its work is due and no other node has it, and keeps it: otherwise work
 * that is due every few hours would be done by each node in its turn. A lease that is lost while work runs does no harm: whatever
 * a node writes is checked by the store, and has the same result if two nodes do it.
 */
import { messageOf, type Clock, type Logger } from '@sidetone/core';
import { ELSEWHERE, type Duties, type Duty } from './duties.ts';

/** How long a node has a duty after a renewal, ms. A node that was excluded loses it at once. */
export const DUTY_LEASE_MS = 30_000;
const RENEWAL_MS = DUTY_LEASE_MS / 3;

/** Leases by the clock of the database. All methods reject with a fault of kind store. */
export interface DutyLeases {
  /** Takes or renews duties. Returns those that this node has now. */
  take(duties: readonly Duty[], leaseMs: number): Promise<readonly Duty[]>;
  release(duties: readonly Duty[]): Promise<void>;
}

export interface HeldDutiesDeps {
  readonly leases: DutyLeases;
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export class HeldDuties implements Duties {
  readonly #deps: HeldDutiesDeps;
  /** Until when, monotonic. Counted from before the request, so this node never believes longer in a lease than the database. */
  readonly #held = new Map<Duty, number>();
  readonly #counts = { taken: 0, lost: 0 };
  #cancel: (() => void) | undefined;
  #isClosed = false;

  constructor(deps: HeldDutiesDeps) {
    this.#deps = deps;
  }

  /** How often a duty was taken, and lost to another node, since the start. */
  get counts(): Readonly<{ taken: number; lost: number }> {
    return this.#counts;
  }

  has(duty: Duty): boolean {
    return (this.#held.get(duty) ?? -Infinity) > this.#deps.clock.elapsed();
  }

  async run<Result>(duty: Duty, work: () => Result | Promise<Result>): Promise<Result | typeof ELSEWHERE> {
    if (this.#isClosed) return ELSEWHERE;
    if (!this.has(duty)) await this.#take([duty]);
    return this.has(duty) && !this.#isClosed ? work() : ELSEWHERE;
  }

  async giveUp(duty: Duty): Promise<void> {
    if (this.#held.delete(duty)) await this.#release([duty]);
  }

  /** Lets other nodes have all duties: the node drains or stops. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    const held = [...this.#held.keys()];
    this.#held.clear();
    if (held.length > 0) await this.#release(held);
  }

  async #take(duties: readonly Duty[]): Promise<void> {
    const { leases, clock, log } = this.#deps;
    const until = clock.elapsed() + DUTY_LEASE_MS;
    const taken = new Set(await leases.take(duties, DUTY_LEASE_MS));
    if (this.#isClosed) return this.#release([...taken]);
    for (const duty of duties) {
      if (taken.has(duty)) {
        if (!this.#held.has(duty)) {
          this.#counts.taken += 1;
          log.info('duty of the cluster taken', { duty });
        }
        this.#held.set(duty, until);
      } else if (this.#held.delete(duty)) {
        this.#counts.lost += 1;
        log.warn('duty of the cluster lost to another node', { duty });
      }
    }
    if (this.#held.size > 0) this.#cancel ??= clock.schedule(RENEWAL_MS, () => void this.#renew());
  }

  /** Never rejects. */
  async #renew(): Promise<void> {
    this.#cancel = undefined;
    const { clock, log } = this.#deps;
    try {
      await this.#take([...this.#held.keys()]);
    } catch (error) {
      log.warn('renewing duties of the cluster failed, retrying', { reason: messageOf(error) });
      if (!this.#isClosed) this.#cancel ??= clock.schedule(RENEWAL_MS, () => void this.#renew());
    }
  }

  /** Never rejects: a lease that is not released ends by itself. */
  async #release(duties: readonly Duty[]): Promise<void> {
    try {
      await this.#deps.leases.release(duties);
    } catch (error) {
      this.#deps.log.warn('releasing duties failed, their leases end by themselves', {
        reason: messageOf(error),
      });
    }
  }
}
