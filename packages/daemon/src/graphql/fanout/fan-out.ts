/**
 * Starts subscriptions. Clients with the same operation and the same rights share the execution and the serialisation of each
 * event. What is theirs alone: the position, the budget, and what limits and ends the subscription.
 */
import type { Clock } from '@sidetone/core';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
} from 'graphql';
import type { Context } from '../context.ts';
import { DeliveryIterator } from '../guard/deliveries/delivery-iterator.ts';
import type { MaskError } from '../guard/errors.ts';
import { operationKey } from './operation-key.ts';
import { ResultMemory } from './result-window.ts';
import { SharedOperation, type Counts } from './shared-operation.ts';
import { Subscription } from './subscription.ts';

export interface FanOutDeps {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly mask: MaskError;
  /** Called with the identity of each event that a client is sent. */
  readonly onDelivered?: (key: unknown) => void;
}

export class FanOut {
  readonly #mask: MaskError;
  readonly #onDelivered: ((key: unknown) => void) | undefined;
  readonly #memory: ResultMemory;
  readonly #operations = new Map<string, SharedOperation>();
  readonly #counts: Counts = { executed: 0, shared: 0 };
  #unknown = 0;

  constructor(deps: FanOutDeps) {
    this.#mask = deps.mask;
    this.#onDelivered = deps.onDelivered;
    this.#memory = new ResultMemory(deps.clock);
  }

  /** The number of events that were executed. */
  get executed(): number {
    return this.#counts.executed;
  }

  /** The number of deliveries that used the result of another client. */
  get shared(): number {
    return this.#counts.shared;
  }

  /** The number of distinct operations that have clients. */
  get operations(): number {
    return this.#operations.size;
  }

  /** The size of the results that are kept, bytes. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  /** Removes all results from memory, because a call was erased. */
  forget(): void {
    for (const operation of this.#operations.values()) operation.clear();
  }

  /** Starts a subscription. Errors are masked. */
  async subscribe(args: ExecutionArgs): Promise<Subscription | ExecutionResult> {
    const events = await createSourceEventStream(args);
    if (!(events instanceof DeliveryIterator)) return this.#masked(events as ExecutionResult);
    const context = args.contextValue as Context;
    const key = operationKey(args) ?? `unknown text ${this.#unknown++}`;
    const keyOf = (isPersonal: boolean): string => `${isPersonal ? context.client : ''}\n${key}`;
    return new Subscription({
      events,
      context,
      join: (isPersonal) => this.#join(keyOf(isPersonal), args),
      leave: (operation) => this.#leave(operation),
      mask: this.#mask,
      onDelivered: this.#onDelivered,
    });
  }

  #masked({ errors = [] }: ExecutionResult): ExecutionResult {
    return { errors: errors.map((error) => this.#mask(error) as GraphQLError) };
  }

  #join(key: string, args: ExecutionArgs): SharedOperation {
    let operation = this.#operations.get(key);
    if (!operation) {
      operation = new SharedOperation(key, args, {
        memory: this.#memory,
        mask: this.#mask,
        counts: this.#counts,
      });
      this.#operations.set(key, operation);
    }
    operation.join();
    return operation;
  }

  #leave(operation: SharedOperation): void {
    operation.leave();
    if (operation.clients === 0) this.#operations.delete(operation.key);
  }
}
