import { createFakeClock } from '@sidetone/testkit';
import { buildSchema, parse, subscribe, type ExecutionResult } from 'graphql';
import { beforeEach, expect, test } from 'vitest';
import { CallViewers } from '../../../src/live/call-viewers.ts';
import { ClientSlots } from '../../../src/graphql/guard/client-slots.ts';
import { DeliveryBudget } from '../../../src/graphql/guard/deliveries/delivery-budget.ts';
import { limitSubscriptions } from '../../../src/graphql/guard/subscription-slots.ts';

type Source = () => AsyncIterator<unknown> | Promise<AsyncIterator<unknown>>;

let slots: ClientSlots;
let budget: DeliveryBudget;
const viewers = new CallViewers(createFakeClock());
beforeEach(() => {
  slots = new ClientSlots(1);
  budget = new DeliveryBudget({
    clock: createFakeClock(),
    costPerSecond: 1000,
    onEnd: () => undefined,
  });
});

/** Subscribes to the values of `source`. */
async function subscribeTo(
  source: Source,
  client = 'a',
): Promise<AsyncIterator<ExecutionResult> | ExecutionResult> {
  const schema = buildSchema('type Query { n: Int } type Subscription { n: Int }');
  const field = schema.getSubscriptionType()!.getFields()['n']!;
  field.subscribe = async () => source();
  limitSubscriptions(schema, { slots, budget, viewers, pageSize: 100 });
  return subscribe({ schema, document: parse('subscription { n }'), contextValue: { client } });
}

const counter = (next: AsyncIterator<unknown>['next']): Source => {
  const iterator = { next, [Symbol.asyncIterator]: () => iterator };
  return () => iterator;
};
const endless = counter(async () => ({ done: false, value: { n: 1 } }));

test('rejects a subscription above the limit of a client, and counts each client separately', async () => {
  expect(await subscribeTo(endless)).toHaveProperty('next');
  expect(await subscribeTo(endless)).toMatchObject({
    errors: [{ originalError: { code: 'LIMIT_SUBSCRIPTIONS' } }],
  });
  expect(await subscribeTo(endless, 'b')).toHaveProperty('next');
  expect(slots.clients).toBe(2);
});

test.each<[string, Source, (it: AsyncIterator<ExecutionResult>) => Promise<unknown>]>([
  ['the client cancels it', endless, (it) => it.return!()],
  ['it ends', counter(async () => ({ done: true, value: undefined })), (it) => it.next()],
  ['it fails', counter(() => Promise.reject(new Error('broken'))), (it) => it.next().catch(() => undefined)],
])('releases the slot when %s', async (_event, source, end) => {
  const iterator = (await subscribeTo(source)) as AsyncIterator<ExecutionResult>;
  expect(slots.clients).toBe(1);
  await end(iterator);
  expect(slots.clients).toBe(0);
});

test('releases the slot when the subscription fails to start', async () => {
  const rejected = await subscribeTo(() => Promise.reject(new Error('no')));
  expect(rejected).toMatchObject({ errors: [{ message: 'no' }] });
  expect(slots.clients).toBe(0);
});

test('a slot that is released twice counts once', () => {
  const two = new ClientSlots(2);
  const [first] = [two.take('a')!, two.take('a')!];
  first();
  first();
  expect([typeof two.take('a'), two.take('a')]).toEqual(['function', undefined]);
});
