/** Charges the events of one subscription to the budget of its client. */
import { beginWork } from '../../../loop/current-work.ts';
import type { DeliveryMeter } from './delivery-budget.ts';
import { MAX_DEBT_MS } from './delivery-budget.ts';
import { DELIVERY_COST, costOfResult } from './delivery-cost.ts';

/** The source of a subscription. */
export interface EventSource extends AsyncIterator<unknown> {
  /** How often the source had no further event. */
  readonly idles?: number;
  /** Returns whether an event that was delayed must not be delivered any more, because its call was erased. */
  isStale?(event: unknown): boolean;
}

export class DeliveryIterator implements AsyncIterableIterator<unknown> {
  readonly #source: EventSource;
  readonly #meter: DeliveryMeter;
  readonly #onEnd: () => void;
  readonly #label: string;
  #expectedCost: number;
  /** Whether it has caught up with its source at least once. Until then it is never ended, only delayed. */
  #isLive: boolean;
  #maxDebtMs: number;

  /**
   * @param label what the work for an event is called.
   * @param cost the estimated cost of an event, until the actual costs are known.
   * @param isLive whether it starts with new events, and not with stored ones.
   * @param onEnd called once, when the iterator ends, fails or is cancelled.
   */
  constructor(
    source: EventSource,
    meter: DeliveryMeter,
    options: { label: string; cost: number; isLive: boolean; onEnd: () => void },
  ) {
    this.#source = source;
    this.#meter = meter;
    this.#expectedCost = DELIVERY_COST + options.cost;
    this.#isLive = options.isLive;
    this.#onEnd = options.onEnd;
    this.#label = options.label;
    this.#maxDebtMs = meter.debtMs + MAX_DEBT_MS;
  }

  /** Charges the result of the event that was returned last. */
  charge(data: unknown): void {
    const cost = DELIVERY_COST + costOfResult(data);
    this.#meter.finish(cost);
    // Falls slowly, so that cheap events between expensive ones do not hide them.
    this.#expectedCost = Math.max(cost, this.#expectedCost - Math.ceil(this.#expectedCost / 8));
  }

  async next(): Promise<IteratorResult<unknown>> {
    // Without effect if the last event was charged, as every event with a result is.
    this.#meter.finish(this.#expectedCost);
    try {
      for (;;) {
        const { idles } = this.#source;
        const result = await this.#source.next();
        if (result.done) {
          this.#end();
          return result;
        }
        const started = this.#start(idles !== this.#source.idles);
        if (started) await started;
        if (!started || this.#source.isStale?.(result.value) !== true) {
          beginWork(this.#label);
          return result;
        }
        this.#meter.finish(0);
      }
    } catch (error) {
      this.#end();
      await this.#source.return?.();
      throw error;
    }
  }

  /** @param hasCaughtUp whether the source had no further event before this one. */
  #start(hasCaughtUp: boolean): Promise<void> | undefined {
    this.#isLive ||= hasCaughtUp;
    if (hasCaughtUp) this.#maxDebtMs = this.#meter.debtMs + MAX_DEBT_MS;
    return this.#meter.start(this.#expectedCost, this.#isLive ? this.#maxDebtMs : Infinity);
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#end();
    return (await this.#source.return?.()) ?? { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#meter.close();
    this.#onEnd();
  }
}
