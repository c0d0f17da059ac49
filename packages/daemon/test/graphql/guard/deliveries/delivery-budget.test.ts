import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { BURST_MS, TURN_COST } from '../../../../src/graphql/guard/deliveries/client-budget.ts';
import {
  DeliveryBudget,
  END_INTERVAL_MS,
  MAX_DEBT_MS,
  type DeliveryMeter,
} from '../../../../src/graphql/guard/deliveries/delivery-budget.ts';

const PER_SECOND = 10_000;
const BURST = (PER_SECOND * BURST_MS) / 1000;

let clock: FakeClock;
let turns: (() => void)[];
let ended: string[];
let budget: DeliveryBudget;
beforeEach(() => {
  clock = createFakeClock();
  turns = [];
  ended = [];
  budget = new DeliveryBudget({
    clock,
    costPerSecond: PER_SECOND,
    onEnd: (client) => ended.push(client),
    nextTurn: (task) => turns.push(task),
  });
});

/** Runs one turn of the event loop. */
function turn(): void {
  turns.splice(0).forEach((task) => task());
}

/** Runs turns until no further one is scheduled. Returns their number. */
function settle(): number {
  let count = 0;
  for (; turns.length > 0; count++) turn();
  return count;
}

/** Starts a delivery, and finishes it at its cost once it has started. */
function deliver(meter: DeliveryMeter, cost: number, onStart: () => void = () => undefined): boolean {
  const started = meter.start(cost, Infinity);
  if (started) void started.then(() => onStart());
  else onStart();
  return started === undefined;
}

/** Uses the budget of a client up, in turns of their own. */
function exhaust(client: string, debt = 0): DeliveryMeter {
  const meter = budget.open(client);
  deliver(meter, 1);
  meter.finish(BURST + debt);
  settle();
  return meter;
}

describe('a delivery', () => {
  test('starts without a promise while its client is in credit', async () => {
    const meters = Array.from({ length: 200 }, () => budget.open('a'));
    for (let tick = 0; tick < 100; tick++) {
      for (const meter of meters) {
        expect(meter.start(10, Infinity)).toBeUndefined();
        meter.finish(5);
      }
      turn();
      await clock.advance(200);
    }
    expect(budget.delayed).toBe(0);
  });

  test('waits for a later turn if this one is full, and all of them are spread over many', async () => {
    const startedInTurn: number[] = [];
    let started = 0;
    const meters = Array.from({ length: 30 }, () => budget.open('a'));
    for (const meter of meters) {
      deliver(meter, 600, () => {
        started++;
        meter.finish(600);
      });
    }
    startedInTurn.push(started);
    while (turns.length > 0) {
      const before = started;
      turn();
      await Promise.resolve();
      startedInTurn.push(started - before);
    }
    expect(started).toBe(30);
    expect(Math.max(...startedInTurn)).toBe(TURN_COST / 600);
  });

  test('of one client does not start while its others in progress have no result', async () => {
    const [one, two, other] = [budget.open('a'), budget.open('a'), budget.open('b')];
    deliver(one, TURN_COST);
    let hasStarted = false;
    deliver(two, 100, () => (hasStarted = true));
    settle();
    await Promise.resolve();
    expect([hasStarted, deliver(other, 100)]).toEqual([false, true]);
    one.finish(TURN_COST);
    settle();
    await Promise.resolve();
    expect(hasStarted).toBe(true);
  });

  test('waits until the budget of its client has recovered, in order', async () => {
    exhaust('a', PER_SECOND);
    const order: number[] = [];
    const meters = [1, 2, 3].map((number) => {
      const meter = budget.open('a');
      deliver(meter, 10, () => order.push(number));
      return meter;
    });
    settle();
    await clock.advance(999);
    settle();
    await Promise.resolve();
    expect(order).toEqual([]);
    await clock.advance(10);
    settle();
    await clock.settle();
    expect(order).toEqual([1, 2, 3]);
    expect(budget.delayed).toBe(meters.length);
  });

  test('of another client does not wait for a client in debt', async () => {
    exhaust('a', PER_SECOND);
    deliver(budget.open('a'), 10);
    settle();
    expect(deliver(budget.open('b'), 10)).toBe(true);
  });

  test('of a client with few of them is not behind all those of a client with many', async () => {
    const order: string[] = [];
    for (let i = 0; i < 20; i++) {
      const meter = budget.open('a');
      deliver(meter, 600, () => {
        order.push('a');
        meter.finish(600);
      });
    }
    deliver(budget.open('b'), 600, () => order.push('b'));
    for (; turns.length > 0; await Promise.resolve()) turn();
    expect(order.indexOf('b')).toBeLessThanOrEqual(1 + TURN_COST / 600);
    expect(order).toHaveLength(21);
  });

  test('that costs more than a turn starts alone', () => {
    expect(deliver(budget.open('a'), 10 * TURN_COST)).toBe(true);
  });
});

describe('a subscription', () => {
  const codes: string[] = [];
  beforeEach(() => void codes.splice(0));

  /** Subscriptions with deliveries of increasing cost that wait while their client is in debt. */
  function threeWaiting(maxDebtMs: (meter: DeliveryMeter) => number): void {
    exhaust('a', 100 * PER_SECOND);
    for (const [name, cost] of Object.entries({ cheap: 10, costly: 30, middle: 20 })) {
      const meter = budget.open('a');
      const started = meter.start(cost, maxDebtMs(meter));
      started?.catch(({ code }: { code: string }) => codes.push(`${name} ${code}`));
    }
    settle();
  }

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      await clock.advance(500);
      settle();
    }
    await clock.settle();
  }

  test('is ended when its client has been in debt for too long, the costliest first, the others later', async () => {
    threeWaiting((meter) => meter.debtMs + MAX_DEBT_MS);
    await pass(MAX_DEBT_MS - 500);
    expect(codes).toEqual([]);
    await pass(500);
    expect(codes).toEqual(['costly LIMIT_SUBSCRIPTION_COST']);
    await pass(END_INTERVAL_MS);
    expect(codes).toEqual(['costly LIMIT_SUBSCRIPTION_COST', 'middle LIMIT_SUBSCRIPTION_COST']);
    expect([budget.ended, ended]).toEqual([2, ['a', 'a']]);
  });

  test('that catches up with stored events is delayed and not ended', async () => {
    threeWaiting(() => Infinity);
    await pass(5 * MAX_DEBT_MS);
    expect(codes).toEqual([]);
  });

  test('that is closed while it waits resolves, and costs nothing', async () => {
    exhaust('a', PER_SECOND);
    const meter = budget.open('a');
    let isResolved = false;
    deliver(meter, 100, () => (isResolved = true));
    meter.close();
    meter.close();
    await clock.settle();
    expect(isResolved).toBe(true);
    await pass(1000);
    expect(deliver(budget.open('a'), 10)).toBe(true);
  });
});

test('a client in debt cannot get rid of it by subscribing again, and is forgotten when it has recovered', async () => {
  const meter = exhaust('a', PER_SECOND);
  meter.close();
  expect(budget.clients).toBe(1);
  const second = budget.open('a');
  expect(deliver(second, 10)).toBe(false);
  second.close();
  await clock.advance(1000 + BURST_MS);
  expect(budget.clients).toBe(0);
});
