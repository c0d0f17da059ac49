/** Bounds how many subscriptions a client holds at once, over all its connections and whichever transport. */
import { FaultError } from '@sidetone/core';
import type { GraphQLSchema } from 'graphql';
import type { ClientSlots, Release } from './client-slots.ts';
import type { Context } from '../builder.ts';

/** Bounds the subscriptions of a schema, in place. */
export function boundSubscriptions(schema: GraphQLSchema, slots: ClientSlots): GraphQLSchema {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field;
    if (!subscribe) continue;
    field.subscribe = async (source, args, context: Context, info) => {
      const release = slots.take(context.client);
      if (!release) {
        throw new FaultError('LIMIT_SUBSCRIPTIONS', 'this client has as many subscriptions as it may');
      }
      try {
        return new HeldIterator(
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

/** An iterator that gives its slot back when it ends, however it ends. */
class HeldIterator implements AsyncIterableIterator<unknown> {
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
