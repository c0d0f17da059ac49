import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, expect, test } from 'vitest';
import { DeliveryBudget, MAX_DEBT_MS } from '../../../../src/graphql/guard/deliveries/delivery-budget.ts';
import { DeliveryIterator } from '../../../../src/graphql/guard/deliveries/delivery-iterator.ts';
import { PullIterator } from '../../../../src/live/pull-iterator.ts';

const PER_SECOND = 1000;

let clock: FakeClock;
let budget: DeliveryBudget;
beforeEach(() => {
  clock = createFakeClock();
  budget = new DeliveryBudget({ clock, costPerSecond: PER_SECOND, onEnd: () => undefined });
});

/** A source of numbers, of which there is always a next one. */
const endless = (isStale: (number: number) => boolean = () => false): PullIterator<number> => {
  let count = 0;
  return new PullIterator({ pull: async () => ++count, subscribe: () => () => undefined, isStale });
};

const iterator = (
  source: PullIterator<number>,
  isLive: boolean,
  onEnd = (): void => undefined,
  client = 'a',
): DeliveryIterator =>
  new DeliveryIterator(source, budget.open(client), { label: 'test', cost: 100, isLive, onEnd });

/** Reads events that cost more than the budget, for a time. Returns the number of them, or the code of the error. */
async function read(it: DeliveryIterator, forMs: number): Promise<unknown> {
  let count = 0;
  let code: unknown;
  void (async () => {
    for (;;) {
      if ((await it.next()).done) return;
      count++;
      it.charge(400);
    }
  })().catch((error: { code: unknown }) => (code = error.code));
  for (let passed = 0; passed < forMs; passed += 250) await clock.advance(250);
  return code ?? count;
}

test('delivers no more than the budget, in the long run', async () => {
  const count = await read(iterator(endless(), false), 20_000);
  expect(count).toBeGreaterThan(45);
  expect(count).toBeLessThan(60);
});

test('ends a live subscription that cannot keep up, and releases everything', async () => {
  let ends = 0;
  const source = endless();
  expect(
    await read(
      iterator(source, true, () => ends++),
      2 * MAX_DEBT_MS,
    ),
  ).toBe('LIMIT_SUBSCRIPTION_COST');
  expect([ends > 0, await source.next()]).toEqual([true, { done: true, value: undefined }]);
});

test('does not end a subscription that caught up in the meantime', async () => {
  let count = 0;
  let wake = (): void => undefined;
  const source = new PullIterator({
    pull: async () => (count++ % 8 === 7 ? undefined : count),
    subscribe: (wakeUp) => {
      wake = wakeUp;
      return () => undefined;
    },
  });
  const ticking = (): void => {
    wake();
    clock.schedule(100, ticking);
  };
  ticking();
  expect(await read(iterator(source, true), 3 * MAX_DEBT_MS)).toEqual(expect.any(Number));
});

test('does not deliver an event whose call was erased while it was delayed', async () => {
  const it = iterator(
    endless((number) => number === 2),
    true,
  );
  await it.next();
  it.charge(5000);
  const next = it.next();
  await clock.advance(4000);
  expect(await next).toEqual({ done: false, value: 3 });
});

test('ends when it is cancelled while an event is delayed', async () => {
  const it = iterator(endless(), true);
  await it.next();
  it.charge(50_000);
  const next = it.next();
  await clock.settle();
  await it.return();
  await next;
  expect(await it.next()).toMatchObject({ done: true });
});

test('expects the cost of the costliest recent event', async () => {
  const it = iterator(endless(), true);
  const others = budget.open('a');
  for (const cost of [2000, 1, 1]) {
    await it.next();
    it.charge(cost);
    await clock.advance(3000);
  }
  await it.next();
  // Of the 2,000 that it may have, it has reserved more than the last event cost.
  expect(others.start(2000, Infinity)).toBeInstanceOf(Promise);
});

test('charges a shared result to its client, and little of it to the turn', async () => {
  budget = new DeliveryBudget({
    clock,
    costPerSecond: 100_000,
    onEnd: () => undefined,
    nextTurn: () => undefined,
  });
  const deliver = async (client: string, isShared: boolean): Promise<void> => {
    const it = iterator(endless(), true, undefined, client);
    await Promise.race([it.next(), clock.settle()]);
    it.charge(2900, isShared);
  };
  for (let i = 0; i < 100; i++) await deliver(`of many ${i}`, true);
  expect(budget.delayed).toBe(0);
  await deliver('of its own', false);
  await deliver('late', false);
  expect(budget.delayed).toBe(1);
});

test('charges a shared result like any other', async () => {
  const it = iterator(endless(), true);
  await it.next();
  it.charge(2 * PER_SECOND + 1, true);
  void it.next();
  await clock.settle();
  expect(budget.delayed).toBe(1);
});
