/** Limits the number of concurrent subscriptions of a client, over all its connections and transports. */
import { FaultError } from '@sidetone/core';
import type { GraphQLSchema } from 'graphql';
import type { ClientSlots, Release } from './client-slots.ts';
import type { Context } from '../context.ts';

/** Adds the limit to the subscription fields of a schema, in place. */
export function limitSubscriptions(schema: GraphQLSchema, slots: ClientSlots): GraphQLSchema {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field;
    if (!subscribe) continue;
    field.subscribe = async (source, args, context: Context, info) => {
      const release = slots.take(context.client);
      if (!release) {
        throw new FaultError('LIMIT_SUBSCRIPTIONS', 'this client has reached limits.subscriptionsPerClient');
      }
      try {
        return new SlotIterator(
          (await subscribe(source, args, context, info)) as AsyncIterator<unknown>,
          release,
        );
      } catch (error) {
        release();
        throw error;
      }
    };
  }
  return schema;
}

/** Releases its slot when the wrapped iterator ends, fails or is cancelled. */
class SlotIterator implements AsyncIterableIterator<unknown> {
  readonly #source: AsyncIterator<unknown>;
  readonly #release: Release;

  constructor(source: AsyncIterator<unknown>, release: Release) {
    this.#source = source;
    this.#release = release;
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const result = await this.#source.next();
      if (result.done) this.#release();
      return result;
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#release();
    return (await this.#source.return?.()) ?? { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
