/**
 * Limits how fast one network address may fail to sign in, over all entrances of the daemon, and counts the failures.
 * Only failures are counted, and each credential is checked before: a valid one is accepted from every address, also from
 * one whose failures exceed the rate, because many clients can share an address.
 */
import type { Clock } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import { CountsBy } from '../metrics/counts.ts';
import { networkOf } from './addresses.ts';

/** Where credentials are checked. */
export const ENTRANCES = [
  'GRAPHQL',
  'GRAPHQL_SOCKET',
  'CONTROL',
  'LISTEN',
  'RECORDING',
  'EXPORT',
  'WEBHOOK',
  'PROVIDER_SOCKET',
] as const;
export type Entrance = (typeof ENTRANCES)[number];

export interface FailedSignIn {
  /** The network address of the client. */
  readonly address: string;
  readonly entrance: Entrance;
}

/** The failures of one address at one entrance in a period. */
export interface FailedSignInReport extends FailedSignIn {
  readonly count: number;
}

export type FailedSignInObserver = (report: FailedSignInReport) => void;

interface FailedSignInsDeps {
  readonly clock: Pick<Clock, 'elapsed' | 'schedule'>;
  /** The number of failures per second that are answered as failures. */
  readonly failedSignInsPerSecond: number;
}

/** How many seconds' worth of failures an address may have at once. */
export const BURST_SECONDS = 2;
/** The number of addresses whose failures are remembered. The one that failed least recently is forgotten. */
export const MAX_FAILING_ADDRESSES = 10_000;
/** The period of reports to the observers, ms, and the number of reports in one. The others are combined in a last one. */
export const REPORT_PERIOD_MS = 60_000;
export const MAX_REPORTS = 100;

/** The address in the report that combines the addresses above `MAX_REPORTS`. */
export const OTHER_ADDRESSES = 'other';

interface Bucket {
  /** Failures that are left. */
  readonly left: number;
  /** Elapsed time, ms. */
  readonly at: number;
}

export class FailedSignIns {
  readonly #deps: FailedSignInsDeps;
  readonly #burst: number;
  readonly #buckets = new BoundedMap<string, Bucket>(MAX_FAILING_ADDRESSES);
  readonly #observers = new Set<FailedSignInObserver>();
  readonly #reports = new Map<string, FailedSignInReport>();
  #cancelPeriod: (() => void) | undefined;
  /** The failures since the start. */
  readonly byEntrance = new CountsBy<[entrance: Entrance]>();
  #limited = 0;

  constructor(deps: FailedSignInsDeps) {
    this.#deps = deps;
    this.#burst = deps.failedSignInsPerSecond * BURST_SECONDS;
  }

  /** The number of failures since the start. */
  get failed(): number {
    return this.byEntrance.total;
  }

  /** The number of those that exceeded the rate of their address. */
  get limited(): number {
    return this.#limited;
  }

  /** The number of addresses that are remembered. */
  get addresses(): number {
    return this.#buckets.size;
  }

  /** Counts a failure. Returns whether the address has exceeded its rate. */
  record(failure: FailedSignIn): boolean {
    this.byEntrance.add(1, failure.entrance);
    this.#addToReport(failure);
    const key = networkOf(failure.address);
    const left = this.#leftOf(key);
    const isLimited = left < 1;
    if (isLimited) this.#limited++;
    this.#buckets.set(key, { left: isLimited ? left : left - 1, at: this.#deps.clock.elapsed() });
    return isLimited;
  }

  /**
   * Calls the observer at the end of each period with the failures of each address and entrance. Observers must not throw.
   * Returns a function that removes it.
   */
  onFailures(observer: FailedSignInObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Reports the failures of the current period. */
  close(): void {
    this.#cancelPeriod?.();
    this.#report();
  }

  #leftOf(key: string): number {
    const bucket = this.#buckets.get(key);
    if (!bucket) return this.#burst;
    const seconds = (this.#deps.clock.elapsed() - bucket.at) / 1000;
    return Math.min(this.#burst, bucket.left + seconds * this.#deps.failedSignInsPerSecond);
  }

  #addToReport({ address, entrance }: FailedSignIn): void {
    const own = `${entrance} ${address}`;
    const isListed = this.#reports.has(own) || this.#reports.size < MAX_REPORTS;
    const key = isListed ? own : `${entrance} ${OTHER_ADDRESSES}`;
    const count = (this.#reports.get(key)?.count ?? 0) + 1;
    this.#reports.set(key, { address: isListed ? address : OTHER_ADDRESSES, entrance, count });
    this.#cancelPeriod ??= this.#deps.clock.schedule(REPORT_PERIOD_MS, () => this.#report());
  }

  #report(): void {
    this.#cancelPeriod = undefined;
    const reports = [...this.#reports.values()];
    this.#reports.clear();
    for (const observer of this.#observers) reports.forEach((report) => observer(report));
  }
}
