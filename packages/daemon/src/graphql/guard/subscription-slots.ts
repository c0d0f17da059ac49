/** Limits the number of concurrent subscriptions of a client, and the cost of their events, over all its connections and transports. */
import { FaultError } from '@sidetone/core';
import { Kind, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';
import type { Context } from '../context.ts';
import type { ClientSlots } from './client-slots.ts';
import type { DeliveryBudget } from './deliveries/delivery-budget.ts';
import { DeliveryIterator, type EventSource } from './deliveries/delivery-iterator.ts';
import { measure } from './query-size.ts';

export interface SubscriptionLimits {
  readonly slots: ClientSlots;
  readonly budget: DeliveryBudget;
  /** `limits.pageSize`. */
  readonly pageSize: number;
}

/** The subscriptions of operations, by the context of the operation. */
const ITERATORS = new WeakMap<object, DeliveryIterator>();

/** Charges the result of an event to the subscription with this context. */
export function chargeResult(context: object, data: unknown): void {
  ITERATORS.get(context)?.charge(data);
}

/** Adds the limits to the subscription fields of a schema, in place. */
export function limitSubscriptions(schema: GraphQLSchema, limits: SubscriptionLimits): GraphQLSchema {
  const { slots, budget, pageSize } = limits;
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field;
    if (!subscribe) continue;
    field.subscribe = async (source, args, context: Context, info) => {
      const release = slots.take(context.client);
      if (!release) {
        throw new FaultError('LIMIT_SUBSCRIPTIONS', 'this client has reached limits.subscriptionsPerClient');
      }
      try {
        const events = (await subscribe(source, args, context, info)) as EventSource;
        const isLive = (args as { after?: unknown }).after === undefined;
        const label = `subscription ${info.fieldName}`;
        const options = { label, cost: estimate(info, pageSize), isLive, onEnd: release };
        const iterator = new DeliveryIterator(events, budget.open(context.client), options);
        ITERATORS.set(context, iterator);
        return iterator;
      } catch (error) {
        release();
        throw error;
      }
    };
  }
  return schema;
}

/** Returns the number of fields in the largest possible result of an event. */
function estimate(
  { schema, operation, fragments, variableValues }: GraphQLResolveInfo,
  pageSize: number,
): number {
  const definitions = [operation, ...Object.values(fragments)];
  const document = { kind: Kind.DOCUMENT, definitions } as const;
  return measure({ schema, document, variableValues }, pageSize)?.cost ?? 0;
}
