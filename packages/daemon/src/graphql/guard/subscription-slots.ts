/** Limits the number of concurrent subscriptions of a client, and the cost of their events, over all its connections and transports. */
import { FaultError } from '@sidetone/core';
import { Kind, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';
import type { Context } from '../context.ts';
import type { ClientSlots } from './client-slots.ts';
import type { DeliveryBudget } from './deliveries/delivery-budget.ts';
import { PullIterator, pullFrom } from '../../live/pull-iterator.ts';
import type { CallViewers } from '../../live/call-viewers.ts';
import { DeliveryIterator } from './deliveries/delivery-iterator.ts';
import { measure } from './query-size.ts';

export interface SubscriptionLimits {
  readonly slots: ClientSlots;
  readonly budget: DeliveryBudget;
  /** Receives the subscriptions to one call. */
  readonly viewers: Pick<CallViewers, 'enter'>;
  /** `limits.pageSize`. */
  readonly pageSize: number;
}

/** Adds the limits to the subscription fields of a schema, in place. */
export function limitSubscriptions(schema: GraphQLSchema, limits: SubscriptionLimits): GraphQLSchema {
  const { slots, budget, viewers, pageSize } = limits;
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field;
    if (!subscribe) continue;
    field.subscribe = async (source, args, context: Context, info) => {
      const release = slots.take(context.client);
      if (!release) {
        throw new FaultError('LIMIT_SUBSCRIPTIONS', 'this client has reached limits.subscriptionsPerClient');
      }
      try {
        const subscribed = (await subscribe(source, args, context, info)) as AsyncIterator<unknown>;
        const events = subscribed instanceof PullIterator ? subscribed : pullFrom(subscribed);
        const isLive = (args as { after?: unknown }).after === undefined;
        const label = `subscription ${info.fieldName}`;
        const meter = budget.open(context.client);
        const { callId } = args as { callId?: string | null };
        const leave = callId == null ? undefined : viewers.enter(callId, context.client, context.viewer.name);
        const onEnd = (): void => {
          release();
          leave?.();
        };
        const options = { label, cost: estimate(info, pageSize), isLive, onEnd };
        return new DeliveryIterator(events, meter, options);
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
