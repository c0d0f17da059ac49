/**
 * Passes the records of all nodes to the readers of this one, in the order of their positions. Those of other nodes are read
 * from the log when a commit is announced, when an own commit shows that there are some, and from time to time without a reason.
 */
import { messageOf, type CallRecord, type Clock, type Logger } from '@sidetone/core';
import type { SharedLog } from '../../calls/ports.ts';
import { RecordOrder, type Gap, type Released } from './record-order.ts';
import type { PositionAnnouncements } from './ports.ts';

/** Records that are read at once. */
export const FOLLOW_PAGE = 512;
/** How often the log is read without an announcement, ms: one can be lost, and none arrives without NATS. */
export const FOLLOW_POLL_MS = 1000;
/** How long a failed read waits for the next attempt, ms. */
export const FOLLOW_RETRY_MS = 1000;

export interface LogFollowerDeps {
  readonly log: SharedLog;
  /** Up to which position readers have received records. */
  readonly position: number;
  /** Receives the records. */
  readonly deliver: (released: Released) => void;
  readonly announcements: PositionAnnouncements;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
}

export class LogFollower {
  readonly #deps: LogFollowerDeps;
  readonly #order: RecordOrder;
  readonly #counts = { reads: 0, failedReads: 0, followed: 0 };
  #reading: Promise<void> | undefined;
  /** Whether the log was read since the last poll. */
  #hasRead = false;
  #isFailing = false;
  #isStopped = false;
  #stopListening = (): void => undefined;
  #cancelPoll = (): void => undefined;
  #cancelRetry: (() => void) | undefined;

  constructor(deps: LogFollowerDeps) {
    this.#deps = deps;
    this.#order = new RecordOrder(deps.position);
  }

  /** Since the start: reads of the log, those that failed, and records that were read. */
  get counts(): Readonly<{ reads: number; failedReads: number; followed: number }> {
    return this.#counts;
  }

  /** Own records that could not be passed on at once. */
  get ownCounts(): RecordOrder['counts'] {
    return this.#order.counts;
  }

  /** Positions that exist and that readers have not received. */
  get lag(): number {
    return this.#order.lag;
  }

  /** Own records that wait for those before them. */
  get waiting(): number {
    return this.#order.waiting;
  }

  start(): void {
    this.#stopListening = this.#deps.announcements.onHigher((position) => {
      this.#order.announced(position);
      this.#readGap();
    });
    this.#poll();
    void this.#read(this.#order.rest);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopListening();
    this.#cancelPoll();
    this.#cancelRetry?.();
    await this.#reading;
  }

  /** Reads what other nodes have committed so far: for a client that has learned of it there. Never rejects. */
  async catchUp(): Promise<void> {
    // What is under way may have begun before.
    await this.#reading;
    await this.#read(this.#order.rest);
  }

  /** Accepts the records of an own commit, and announces them. */
  publish(records: readonly CallRecord[]): void {
    const last = records.at(-1);
    if (!last) return;
    this.#deliver(this.#order.committed(records));
    this.#readGap();
    this.#deps.announcements.announce(last.position);
  }

  #deliver(released: Released | undefined): void {
    if (released) this.#deps.deliver(released);
  }

  #poll(): void {
    this.#cancelPoll = this.#deps.clock.schedule(FOLLOW_POLL_MS, () => {
      if (!this.#hasRead) void this.#read(this.#order.rest);
      this.#hasRead = false;
      if (!this.#isStopped) this.#poll();
    });
  }

  #readGap(): void {
    const { gap } = this.#order;
    if (gap) void this.#read(gap);
  }

  /** One at a time; then what is known to be missing. Never rejects. */
  #read(gap: Gap): Promise<void> {
    if (this.#isStopped || this.#cancelRetry) return Promise.resolve();
    this.#reading ??= this.#readAll(gap).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readAll(first: Gap): Promise<void> {
    for (let gap: Gap | undefined = first; gap && !this.#isStopped; gap = this.#order.gap) {
      if (!(await this.#readOnce(gap))) return;
    }
  }

  /** Returns false if the read failed. */
  async #readOnce(gap: Gap): Promise<boolean> {
    const { log, logger } = this.#deps;
    try {
      this.#hasRead = true;
      this.#counts.reads += 1;
      const part = await log.read(gap.after, gap.upTo, FOLLOW_PAGE);
      this.#counts.followed += part.records.length;
      this.#deliver(this.#order.read(gap, part, part.records.length < FOLLOW_PAGE));
      if (this.#isFailing) logger.info('reading the log of the cluster works again');
      this.#isFailing = false;
      return true;
    } catch (error) {
      this.#counts.failedReads += 1;
      if (!this.#isFailing)
        logger.warn('reading the log of the cluster failed, retrying', { reason: messageOf(error) });
      this.#isFailing = true;
      this.#retry();
      return false;
    }
  }

  #retry(): void {
    if (this.#isStopped) return;
    this.#cancelRetry = this.#deps.clock.schedule(FOLLOW_RETRY_MS, () => {
      this.#cancelRetry = undefined;
      void this.#read(this.#order.rest);
    });
  }
}
