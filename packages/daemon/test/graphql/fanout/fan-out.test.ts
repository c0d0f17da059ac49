/** Any interleaving of clients: what each receives is what it would receive alone. */
import fc from 'fast-check';
import {
  parse,
  GraphQLError,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test } from 'vitest';
import { viewerOf, type Scope } from '../../../src/access/viewer.ts';
import type { Context } from '../../../src/graphql/context.ts';
import { FanOut } from '../../../src/graphql/fanout/fan-out.ts';
import { MAX_RESULT_AGE_MS, MAX_RESULTS } from '../../../src/graphql/fanout/result-window.ts';
import { Subscription } from '../../../src/graphql/fanout/subscription.ts';
import type { DeliveryMeter } from '../../../src/graphql/guard/deliveries/delivery-budget.ts';
import { DeliveryIterator } from '../../../src/graphql/guard/deliveries/delivery-iterator.ts';
import { PullIterator } from '../../../src/live/pull-iterator.ts';

interface Event {
  readonly position: number;
}

const METER: DeliveryMeter = {
  debtMs: 0,
  start: () => undefined,
  finish: () => undefined,
  close: () => undefined,
};

let clock: FakeClock;
let fanOut: FanOut;
/** Positions of the events begin with 1. */
let log: Event[];
let wakes: Set<() => void>;
let isAsync: boolean;
/** End the sources of events. */
let ends: (() => void)[];

beforeEach(() => {
  clock = createFakeClock();
  fanOut = new FanOut({ clock, mask: (error) => error as Error });
  log = [];
  wakes = new Set();
  isAsync = false;
  ends = [];
});

function append(): void {
  log.push({ position: log.length + 1 });
  for (const wake of wakes) wake();
}

function readFrom(after: number): DeliveryIterator {
  let position = after;
  const source = new PullIterator<Event>({
    pull: () => (position < log.length ? { ...log[position++]! } : undefined),
    subscribe: (wake) => {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    keyOf: (event) => event.position,
    version: () => log.length,
  });
  ends.push(() => void source.return());
  return new DeliveryIterator(source, METER, {
    label: 'test',
    cost: 1,
    isLive: true,
    onEnd: () => undefined,
  });
}

const later = <Value>(value: Value): Value | Promise<Value> =>
  isAsync ? Promise.resolve().then(() => value) : value;

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { unused: { type: GraphQLInt } } }),
  subscription: new GraphQLObjectType<unknown, Context>({
    name: 'Subscription',
    fields: {
      events: {
        args: { after: { type: GraphQLInt }, filter: { type: GraphQLString } },
        type: new GraphQLObjectType<Event, Context>({
          name: 'Event',
          fields: {
            position: { type: new GraphQLNonNull(GraphQLInt), resolve: ({ position }) => later(position) },
            state: { type: new GraphQLNonNull(GraphQLInt), resolve: () => log.length },
            own: { type: GraphQLString, resolve: (_event, _args, { viewer }) => later(viewer.name) },
            since: {
              type: GraphQLInt,
              args: { after: { type: GraphQLInt } },
              resolve: (_event, { after }) => after as number,
            },
            listen: {
              type: GraphQLString,
              resolve(_event, _args, { viewer }) {
                if (viewer.scopes.has('LISTEN')) return 'audio';
                throw new GraphQLError('forbidden');
              },
            },
          },
        }),
        subscribe: (_root, { after }) => readFrom((after as number | undefined) ?? log.length),
        resolve: (event) => event,
      },
    },
  }),
});

const parsed = new Map<string, ReturnType<typeof parse>>();
function documentOf(text: string): ReturnType<typeof parse> {
  const document = parsed.get(text) ?? parse(text);
  parsed.set(text, document);
  return document;
}

interface Client {
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly after?: number;
  readonly filter?: string;
  readonly selection?: string;
}

const QUERY = (selection: string): string =>
  `subscription Events($from: Int, $filter: String) { events(after: $from, filter: $filter) { ${selection} } }`;

async function subscribe(client: Client = {}): Promise<Subscription> {
  const { name = 'a', scopes = ['READ'], after, filter, selection = 'position state' } = client;
  const result = await fanOut.subscribe({
    schema,
    document: documentOf(QUERY(selection)),
    variableValues: { ...(after !== undefined && { from: after }), ...(filter !== undefined && { filter }) },
    contextValue: { viewer: viewerOf(name, scopes), client: `${name}@here` },
  });
  if (!(result instanceof Subscription)) throw new Error('not subscribed', { cause: result.errors });
  return result;
}

interface Result {
  readonly data: {
    readonly events: {
      position: number;
      state: number;
      own?: string;
      since?: number;
      listen?: string | null;
    };
  };
  readonly errors?: readonly unknown[];
}

/** Returns the next result of a client; undefined if there is none yet. */
async function pull(subscription: Subscription): Promise<Result | undefined> {
  const result = await subscription.poll();
  if (!result) return undefined;
  expect(JSON.parse(result.bytes.toString())).toEqual(JSON.parse(result.stringify()));
  return JSON.parse(result.text) as Result;
}

const counts = (): [executed: number, shared: number] => [fanOut.executed, fanOut.shared];

describe('clients with the same operation and rights', () => {
  test.each([false, true])('share each event (asynchronous resolvers: %s)', async (async) => {
    isAsync = async;
    const clients = await Promise.all([subscribe(), subscribe({ name: 'b' }), subscribe({ after: 0 })]);
    append();
    append();
    for (let i = 0; i < 2; i++) {
      const results = await Promise.all(clients.map(pull));
      expect(results).toEqual(clients.map(() => ({ data: { events: { position: i + 1, state: 2 } } })));
    }
    expect(counts()).toEqual([2, 4]);
    // Nothing is kept that all of them have received.
    expect(fanOut.bytes).toBe(0);
  });

  test('share results with errors', async () => {
    const clients = [await subscribe({ selection: 'listen' }), await subscribe({ selection: 'listen' })];
    append();
    const [one, other] = await Promise.all(clients.map(pull));
    expect(one).toMatchObject({ data: { events: { listen: null } }, errors: [{ message: 'forbidden' }] });
    expect(other).toEqual(one);
    expect(counts()).toEqual([1, 1]);
  });

  test('leave nothing behind', async () => {
    const clients = [await subscribe(), await subscribe(), await subscribe()];
    append();
    await pull(clients[0]!);
    expect(fanOut.bytes).toBeGreaterThan(0);
    for (const client of clients) await client.return();
    expect([fanOut.operations, fanOut.bytes, wakes.size]).toEqual([0, 0, 0]);
  });
});

test('a subscription whose events have ended leaves its operation', async () => {
  const subscription = await subscribe();
  const waiting = subscription.next();
  await clock.settle();
  for (const end of ends) end();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect([fanOut.operations, wakes.size]).toEqual([0, 0]);
});

describe('an event is executed again', () => {
  test('for a client that has already received a newer state', async () => {
    const [fast, slow] = [await subscribe({ after: 0 }), await subscribe({ after: 0 })];
    // For this one, results are kept.
    await subscribe({ after: 0 });
    append();
    append();
    await pull(fast);
    append();
    await pull(fast);
    // It receives the first result of the fast client, then its second one.
    expect([await pull(slow), await pull(slow)]).toMatchObject([
      { data: { events: { position: 1, state: 2 } } },
      { data: { events: { position: 2, state: 3 } } },
    ]);
    const resumed = await subscribe({ after: 0 });
    expect([await pull(resumed), counts()]).toEqual([
      { data: { events: { position: 1, state: 3 } } },
      [3, 2],
    ]);
  });

  test('when its result is old', async () => {
    const [fast, slow] = [await subscribe(), await subscribe()];
    append();
    await pull(fast);
    await clock.advance(MAX_RESULT_AGE_MS + 1);
    await pull(slow);
    expect(counts()).toEqual([2, 0]);
  });

  test('when more results are kept than permitted', async () => {
    const [fast, slow] = [await subscribe(), await subscribe()];
    for (let i = 0; i <= MAX_RESULTS; i++) append();
    for (let i = 0; i <= MAX_RESULTS; i++) await pull(fast);
    await pull(slow);
    expect(counts()).toEqual([MAX_RESULTS + 2, 0]);
  });

  test('after a call was erased', async () => {
    const [fast, slow] = [await subscribe(), await subscribe()];
    append();
    await pull(fast);
    fanOut.forget();
    expect(fanOut.bytes).toBe(0);
    await pull(slow);
    expect(counts()).toEqual([2, 0]);
  });
});

describe('never shared are results', () => {
  test.each<[what: string, one: Client, other: Client]>([
    ['of different rights', { scopes: ['READ'] }, { scopes: ['READ', 'LISTEN'] }],
    ['of different selections', { selection: 'position' }, { selection: 'position state' }],
    ['of different variables', { filter: 'x' }, { filter: 'y' }],
    ['with the name of the viewer', { name: 'a', selection: 'own' }, { name: 'b', selection: 'own' }],
    [
      'that depend on the variable of the cursor',
      { after: 0, selection: 'since(after: $from)' },
      { after: 1, selection: 'since(after: $from)' },
    ],
  ])('%s', async (_what, one, other) => {
    const clients = [await subscribe(one), await subscribe(other)];
    append();
    append();
    for (const client of clients) for (let i = 0; i < 2; i++) await pull(client);
    // A name is noticed only after it was read.
    expect(fanOut.executed).toBeGreaterThanOrEqual(one.after === undefined ? 4 : 3);
    for (const [i, client] of clients.entries()) {
      append();
      const { name = 'a', after } = [one, other][i]!;
      let result = await pull(client);
      while (result && result.data.events.position < log.length) result = await pull(client);
      if (result && 'own' in result.data.events) expect(result.data.events.own).toBe(name);
      if (result && 'since' in result.data.events) expect(result.data.events.since).toBe(after);
    }
  });

  test('with the name of the viewer, while they are being produced', async () => {
    isAsync = true;
    const clients = [
      await subscribe({ name: 'a', selection: 'own' }),
      await subscribe({ name: 'b', selection: 'own' }),
      await subscribe({ name: 'b', selection: 'own' }),
    ];
    for (let i = 0; i < 3; i++) {
      append();
      const owners = (await Promise.all(clients.map(pull))).map((result) => result!.data.events.own);
      expect(owners).toEqual(['a', 'b', 'b']);
    }
  });
});

type Step =
  | { do: 'append' }
  | { do: 'subscribe'; client: Client }
  | { do: 'pull'; index: number; many: number }
  | { do: 'unsubscribe' | 'forget'; index: number }
  | { do: 'wait'; ms: number };

const client: fc.Arbitrary<Client> = fc.record(
  {
    name: fc.constantFrom('a', 'b'),
    scopes: fc.constantFrom<readonly Scope[]>(['READ'], ['READ', 'LISTEN']),
    after: fc.nat(6),
    selection: fc.constantFrom('position state listen', 'position state own listen'),
  },
  { requiredKeys: [] },
);
const index = fc.nat(7);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('subscribe' as const), client }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('pull' as const), index, many: fc.nat(5) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('unsubscribe' as const, 'forget' as const), index }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2 * MAX_RESULT_AGE_MS) }),
    },
  ),
  { maxLength: 60 },
);

interface Reader {
  readonly client: Client;
  readonly subscription: Subscription;
  position: number;
  state: number;
}

/** Pulls once, and checks that the result is the next event, with a state that does not go back and the client's rights. */
async function check(reader: Reader): Promise<void> {
  const { name = 'a', scopes = ['READ'], selection = 'position state' } = reader.client;
  const result = await pull(reader.subscription);
  if (!result) return expect(reader.position).toBe(log.length);
  const { position, state, own, listen } = result.data.events;
  expect(position).toBe(++reader.position);
  expect(state).toBeGreaterThanOrEqual(Math.max(position, reader.state));
  expect(state).toBeLessThanOrEqual(log.length);
  if (selection.includes('own')) expect(own).toBe(name);
  if (selection.includes('listen')) expect(listen).toBe(scopes.includes('LISTEN') ? 'audio' : null);
  reader.state = state;
  return undefined;
}

test('any interleaving of clients delivers to each what it would receive alone', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (plan, async) => {
      [log, isAsync] = [[], async];
      const readers: Reader[] = [];
      for (const step of plan) {
        if (step.do === 'append') append();
        else if (step.do === 'wait') await clock.advance(step.ms);
        else if (step.do === 'forget') fanOut.forget();
        else if (step.do === 'subscribe') {
          const after = Math.min(step.client.after ?? log.length, log.length);
          const subscription = await subscribe({ ...step.client, after });
          readers.push({ client: step.client, subscription, position: after, state: log.length });
        } else if (step.do === 'unsubscribe') {
          const [removed] = readers.splice(step.index, 1);
          await removed?.subscription.return();
        } else if (step.do === 'pull') {
          const reader = readers[step.index % readers.length];
          if (reader) for (let i = 0; i < step.many; i++) await check(reader);
        }
      }
      // All at once, so that they share what is being produced.
      while (readers.some(({ position }) => position < log.length)) await Promise.all(readers.map(check));
      for (const { subscription } of readers) await subscription.return();
      expect([fanOut.operations, fanOut.bytes, wakes.size]).toEqual([0, 0, 0]);
    }),
    { numRuns: 200 },
  );
});
