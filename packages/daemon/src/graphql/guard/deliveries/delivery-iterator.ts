/** Charges the events of one subscription to the budget of its client. */
import { PollIterator } from '../../../live/poll-iterator.ts';
import { beginWork } from '../../../loop/current-work.ts';
import type { DeliveryMeter } from './delivery-budget.ts';
import { MAX_DEBT_MS } from './delivery-budget.ts';
import { DELIVERY_COST, SHARED_DELIVERY_WORK } from './delivery-cost.ts';
import type { NowOrLater } from '../../../now-or-later.ts';

/** The source of a subscription. */
export interface EventSource extends PollIterator<unknown> {
  /** How often the source had no further event. */
  readonly idles: number;
  /** The version of the state with which an event is now resolved; it increases with every change. */
  readonly version: number;
  /** Returns whether an event that was delayed must not be delivered any more, because its call was erased. */
  isStale(event: unknown): boolean;
  /** Returns the identity of an event: the same for all subscriptions that receive it. */
  keyOf(event: unknown): unknown;
}

export interface DeliveryOptions {
  /** What the work for an event is called. */
  readonly label: string;
  /** The estimated cost of an event, until the actual costs are known. */
  readonly cost: number;
  /** Whether it starts with new events, and not with stored ones. */
  readonly isLive: boolean;
  /** Called once, when the iterator ends, fails or is cancelled. */
  readonly onEnd: () => void;
}

export class DeliveryIterator extends PollIterator<unknown> {
  readonly source: EventSource;
  readonly #meter: DeliveryMeter;
  readonly #onEnd: () => void;
  readonly #label: string;
  #expectedCost: number;
  #idles: number;
  /** Whether it has caught up with its source at least once. Until then it is never ended, only delayed. */
  #isLive: boolean;
  #maxDebtMs: number;
  #isClosed = false;

  constructor(source: EventSource, meter: DeliveryMeter, options: DeliveryOptions) {
    super();
    this.source = source;
    this.#meter = meter;
    this.#expectedCost = DELIVERY_COST + options.cost;
    this.#isLive = options.isLive;
    this.#onEnd = options.onEnd;
    this.#label = options.label;
    this.#maxDebtMs = meter.debtMs + MAX_DEBT_MS;
    this.#idles = source.idles;
  }

  get isEnded(): boolean {
    return this.#isClosed || this.source.isEnded;
  }

  onWake(listener: () => void): void {
    this.source.onWake(listener);
  }

  /**
   * Charges the result of the event that was returned last. A client pays for a shared result too, so that its limit does not
   * depend on others; but it is little work in this turn of the event loop.
   * @param fields the cost of the result
   */
  charge(fields: number, isShared = false): void {
    const cost = DELIVERY_COST + fields;
    this.#meter.finish(cost, isShared ? SHARED_DELIVERY_WORK : cost);
    // Falls slowly, so that cheap events between expensive ones do not hide them.
    this.#expectedCost = Math.max(cost, this.#expectedCost - Math.ceil(this.#expectedCost / 8));
  }

  /** Returns the next event as soon as the budget of the client permits it. An error ends the subscription. */
  poll(): NowOrLater<unknown> {
    if (this.source.isEnded) this.close();
    // Without effect if the last event was charged, as every event with a result is.
    this.#meter.finish(this.#expectedCost);
    try {
      const event = this.source.poll();
      const admitted =
        event instanceof Promise ? event.then((read) => this.#admit(read)) : this.#admit(event);
      return admitted instanceof Promise ? admitted.catch((error: unknown) => this.#fail(error)) : admitted;
    } catch (error) {
      return this.#fail(error);
    }
  }

  protected close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#meter.close();
    this.#onEnd();
    void this.source.return();
  }

  #admit(event: unknown): NowOrLater<unknown> {
    if (event === undefined || this.#isClosed) return undefined;
    const hasCaughtUp = this.#idles !== this.source.idles;
    this.#idles = this.source.idles;
    const started = this.#start(hasCaughtUp);
    if (started) return started.then(() => this.#recheck(event));
    beginWork(this.#label);
    return event;
  }

  /** Returns an event that was delayed, or the next one if it must not be delivered any more. */
  #recheck(event: unknown): NowOrLater<unknown> {
    if (this.source.isStale(event)) {
      this.#meter.finish(0);
      return this.poll();
    }
    beginWork(this.#label);
    return event;
  }

  /** @param hasCaughtUp whether the source had no further event before this one. */
  #start(hasCaughtUp: boolean): Promise<void> | undefined {
    this.#isLive ||= hasCaughtUp;
    if (hasCaughtUp) this.#maxDebtMs = this.#meter.debtMs + MAX_DEBT_MS;
    return this.#meter.start(this.#expectedCost, this.#isLive ? this.#maxDebtMs : Infinity);
  }

  #fail(error: unknown): never {
    this.close();
    throw error;
  }
}
