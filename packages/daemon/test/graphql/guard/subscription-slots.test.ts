import { buildSchema, parse, subscribe, type ExecutionResult } from 'graphql';
import { beforeEach, expect, test } from 'vitest';
import { ClientSlots } from '../../../src/graphql/guard/client-slots.ts';
import { boundSubscriptions } from '../../../src/graphql/guard/subscription-slots.ts';

type Source = () => AsyncIterator<unknown> | Promise<AsyncIterator<unknown>>;

let slots: ClientSlots;
beforeEach(() => {
  slots = new ClientSlots(1);
});

/** Subscribes to what `source` gives. */
async function ask(source: Source, client = 'a'): Promise<AsyncIterator<ExecutionResult> | ExecutionResult> {
  const schema = buildSchema('type Query { n: Int } type Subscription { n: Int }');
  const field = schema.getSubscriptionType()!.getFields()['n']!;
  field.subscribe = async () => source();
  boundSubscriptions(schema, slots);
  return subscribe({ schema, document: parse('subscription { n }'), contextValue: { client } });
}

const counter = (next: AsyncIterator<unknown>['next']): Source => {
  const iterator = { next, [Symbol.asyncIterator]: () => iterator };
  return () => iterator;
};
const endless = counter(async () => ({ done: false, value: { n: 1 } }));

test('a client has as many as it may, and another client has its own', async () => {
  expect(await ask(endless)).toHaveProperty('next');
  expect(await ask(endless)).toMatchObject({ errors: [{ originalError: { code: 'LIMIT_SUBSCRIPTIONS' } }] });
  expect(await ask(endless, 'b')).toHaveProperty('next');
  expect(slots.clients).toBe(2);
});

test.each<[string, Source, (it: AsyncIterator<ExecutionResult>) => Promise<unknown>]>([
  ['its reader leaves while nobody waits', endless, (it) => it.return!()],
  ['it is over', counter(async () => ({ done: true, value: undefined })), (it) => it.next()],
  ['it breaks', counter(() => Promise.reject(new Error('broken'))), (it) => it.next().catch(() => undefined)],
])('a slot is given back when %s', async (_when, source, end) => {
  const iterator = (await ask(source)) as AsyncIterator<ExecutionResult>;
  expect(slots.clients).toBe(1);
  await end(iterator);
  expect(slots.clients).toBe(0);
});

test('a slot is given back when it never begins', async () => {
  const refused = await ask(() => Promise.reject(new Error('no')));
  expect(refused).toMatchObject({ errors: [{ message: 'no' }] });
  expect(slots.clients).toBe(0);
});

test('a slot that is given back twice is given back once', () => {
  const two = new ClientSlots(2);
  const [first] = [two.take('a')!, two.take('a')!];
  first();
  first();
  expect([typeof two.take('a'), two.take('a')]).toEqual(['function', undefined]);
});
