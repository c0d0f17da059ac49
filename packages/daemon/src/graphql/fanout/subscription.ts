/** The results of one client's subscription: its own position in the events, with the results of a shared operation. */
import type { Context } from '../context.ts';
import type { DeliveryIterator } from '../guard/deliveries/delivery-iterator.ts';
import type { MaskError } from '../guard/errors.ts';
import { PollIterator } from '../../live/poll-iterator.ts';
import type { EventResult } from './event-result.ts';
import type { Execution } from './result-window.ts';
import type { SharedOperation } from './shared-operation.ts';
import type { NowOrLater } from '../../now-or-later.ts';

export interface SubscriptionDeps {
  readonly events: DeliveryIterator;
  readonly context: Context;
  /** Returns the operation; a personal one is shared only with the same viewer at the same network address. */
  readonly join: (isPersonal: boolean) => SharedOperation;
  readonly leave: (operation: SharedOperation) => void;
  readonly mask: MaskError;
  /** Called with the identity of each event that is delivered. */
  readonly onDelivered?: ((key: unknown) => void) | undefined;
}

export class Subscription extends PollIterator<EventResult> {
  readonly #deps: SubscriptionDeps;
  #operation: SharedOperation;
  #seenVersion: number;
  #isClosed = false;

  constructor(deps: SubscriptionDeps) {
    super();
    this.#deps = deps;
    this.#operation = deps.join(false);
    this.#seenVersion = deps.events.source.version;
  }

  get isEnded(): boolean {
    return this.#isClosed || this.#deps.events.isEnded;
  }

  onWake(listener: () => void): void {
    this.#deps.events.onWake(listener);
  }

  poll(): NowOrLater<EventResult | undefined> {
    try {
      const event = this.#deps.events.poll();
      const result =
        event instanceof Promise ? event.then((read) => this.#execute(read)) : this.#execute(event);
      return result instanceof Promise ? result.catch((error: unknown) => this.#fail(error)) : result;
    } catch (error) {
      return this.#fail(error);
    }
  }

  protected close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#deps.leave(this.#operation);
    void this.#deps.events.return();
  }

  #execute(event: unknown): NowOrLater<EventResult | undefined> {
    if (this.isEnded) this.close();
    if (event === undefined || this.#isClosed) return undefined;
    const { events, context } = this.#deps;
    const execution = this.#operation.execute({
      event,
      owner: this,
      source: events.source,
      context,
      seenVersion: this.#seenVersion,
    });
    const { result } = execution;
    return result instanceof Promise
      ? result.then((complete) => this.#receive(event, execution, complete))
      : this.#receive(event, execution, result);
  }

  #receive(event: unknown, execution: Execution, result: EventResult): NowOrLater<EventResult | undefined> {
    if (this.#isClosed) return undefined;
    if (execution.context.isPersonal && execution.client !== this.#deps.context.client) {
      this.#deps.leave(this.#operation);
      this.#operation = this.#deps.join(true);
      return this.#execute(event);
    }
    this.#seenVersion = Math.max(this.#seenVersion, execution.version);
    this.#deps.events.charge(result.cost, execution.owner !== this);
    this.#deps.onDelivered?.(this.#deps.events.source.keyOf(event));
    return result;
  }

  #fail(error: unknown): never {
    this.close();
    throw this.#deps.mask(error);
  }
}
