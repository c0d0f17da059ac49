/** Nodes that are paused, cut off and excluded at any moment: what they acknowledged is stored once, and nothing else of them. */
import { isFault } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallLedger, Draft } from '../../src/calls/ports.ts';
import { createPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { joinStore, type Membership } from '../../src/store/postgres/nodes/join.ts';
import { fence } from '../../src/store/postgres/nodes/members.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { DraftMaker } from '../store/suites/drafts.ts';
import { createTestLog } from '../support/silent-log.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { PausableProxy, type Held } from './support/pausable-proxy.ts';
import { empty } from './support/store.ts';

const NODES = 3;
const RUNS = Number(process.env['PAUSED_NODES_RUNS'] ?? 4);

type Step =
  | { readonly kind: 'commit'; readonly node: number; readonly events: number }
  | { readonly kind: 'pause'; readonly node: number; readonly held: Held }
  | { readonly kind: 'resume' | 'cut' | 'exclude' | 'settle'; readonly node: number };

const node = fc.nat(NODES - 1);
const commit = fc.record({
  kind: fc.constant('commit' as const),
  node,
  events: fc.integer({ min: 1, max: 4 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: commit },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pause' as const),
      node,
      held: fc.constantFrom<Held>('requests', 'answers'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('resume' as const, 'cut' as const), node }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('exclude' as const, 'settle' as const), node }) },
);

/** Notes which node wrote which event. */
const WATCH = `create table written (position bigint, node text);
  create function watch() returns trigger language plpgsql as $$ begin
    insert into written select position, current_setting('application_name') from added; return null; end $$;
  create trigger watch after insert on events referencing new table as added for each statement execute function watch()`;

/** One run of a node. It decides about the call of its place. */
interface Running {
  readonly name: string;
  readonly proxy: PausableProxy;
  readonly store: PostgresStore;
  readonly member: Membership;
  readonly ledger: Pick<CallLedger, 'commit'>;
  readonly maker: DraftMaker;
  /** The last commit. */
  last: Promise<void>;
  /** The position of the log when it was excluded. */
  excludedAt?: number;
}

describe.skipIf(!hasServer)('nodes that are paused', () => {
  let url: string;
  let observer: PostgresStore;
  beforeAll(async () => {
    url = await createDatabase();
    observer = await openPostgres({ url });
    await observer.session.run({ text: WATCH });
    afterAll(() => observer.close());
  });

  const rows = <Row extends Record<string, unknown>>(text: string): Promise<readonly Row[]> =>
    observer.session.rows<Row>({ text });
  const callOf = (place: number): string => `c${place}`;
  const keyOf = (place: number, number: number): string => `${callOf(place)}_${number}`;
  const draftOf = (maker: DraftMaker, place: number, number: number): Draft => {
    const draft = number === 0 ? maker.start(callOf(place)) : maker.line(callOf(place), number);
    return { ...draft, dedupeKey: keyOf(place, number) };
  };

  class Cluster {
    readonly places: Running[] = [];
    readonly all: Running[] = [];
    /** The positions that nodes answered, by key. */
    readonly acknowledged = new Map<string, number>();
    /** How many events each call has been given. */
    readonly given = Array.from({ length: NODES }, () => 0);

    /** Starts a node that continues with what is stored of its call, as a node that takes it over does. */
    async start(place: number): Promise<void> {
      const name = `node${place}-${this.all.length}`;
      const proxy = new PausableProxy(url);
      const address = await proxy.listen();
      address.searchParams.set('application_name', name);
      const store = await openPostgres({ url: address.href });
      const member = await joinStore(store.session, {
        name,
        version: '1.0.0',
        isCluster: true,
        clock: createFakeClock(),
        log: createTestLog().log('store'),
        onFenced: () => undefined,
      });
      const maker = new DraftMaker();
      const ledger = createPostgresLedger(store.session);
      const running: Running = { name, proxy, store, member, ledger, maker, last: Promise.resolve() };
      this.all.push(running);
      this.places[place] = running;
      const stored = new Set(
        (await rows<{ key: string }>('select dedupe_key as key from events')).map(({ key }) => key),
      );
      const drafts = Array.from({ length: this.given[place]! }, (_, number) => draftOf(maker, place, number));
      // What the node before it has not stored is sent again.
      const missing = drafts.filter(({ dedupeKey }) => !stored.has(dedupeKey!));
      if (missing.length > 0) this.#store(running, missing);
    }

    commit(place: number, events: number): void {
      const running = this.places[place]!;
      const first = this.given[place]!;
      this.given[place] = first + events;
      const drafts = Array.from({ length: events }, (_, i) => draftOf(running.maker, place, first + i));
      this.#store(running, drafts);
    }

    #store(running: Running, drafts: readonly Draft[]): void {
      running.last = this.#storeAfter(running.last, running, drafts);
      running.last.catch(() => undefined);
    }

    /** Stores events after those before them, and tries again as long as the node may write. */
    async #storeAfter(before: Promise<void>, { ledger }: Running, drafts: readonly Draft[]): Promise<void> {
      await before;
      for (;;)
        try {
          const records = await ledger.commit(drafts);
          for (const [i, { position }] of records.entries())
            this.acknowledged.set(drafts[i]!.dedupeKey!, position);
          return;
        } catch (error) {
          if (isFault(error) && error.code === 'STORE_UNREACHABLE') continue;
          if (isFault(error) && error.code === 'NODE_FENCED') return;
          throw error;
        }
    }

    /** Excludes a node, whatever state it is in, in the name of another one, and starts the next one. */
    async exclude(place: number): Promise<void> {
      const victim = this.places[place]!;
      const by = this.places[(place + 1) % NODES]!;
      const isExcluded = await fence(observer.session, victim.member.epoch, by.member.epoch);
      if (!isExcluded) throw new Error(`${victim.name} was not excluded`);
      victim.excludedAt = (await rows<{ position: number }>('select position from log_head'))[0]!.position;
      await this.start(place);
    }

    async execute(each: Step): Promise<void> {
      const { last, proxy } = this.places[each.node]!;
      if (each.kind === 'commit') return this.commit(each.node, each.events);
      if (each.kind === 'pause') return proxy.pause(each.held);
      if (each.kind === 'resume') return proxy.resume();
      if (each.kind === 'cut') return proxy.cut();
      if (each.kind === 'exclude') return this.exclude(each.node);
      if (!proxy.isPaused) await last;
    }

    async end(): Promise<void> {
      for (const { proxy } of this.all) proxy.resume();
      await Promise.all(this.all.map(({ last }) => last));
    }

    async close(): Promise<void> {
      for (const { member, store, proxy } of this.all) {
        await member.leave().catch(() => undefined);
        await store.close();
        proxy.close();
      }
    }
  }

  test('store what they acknowledged once, in order, and nothing after they were excluded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        await empty(observer);
        await observer.session.run({ text: 'delete from written' });
        const cluster = new Cluster();
        try {
          for (let place = 0; place < NODES; place++) await cluster.start(place);
          for (const each of steps) {
            await cluster.execute(each);
            // Some statements arrive meanwhile.
            await rows('select 1');
          }
          await cluster.end();
          const events = await rows<{ position: number; key: string }>(
            'select position, dedupe_key as key from events order by position',
          );
          expect(events.map(({ position }) => position)).toEqual(events.map((_, i) => i + 1));
          for (let place = 0; place < NODES; place++) {
            const keys = events.flatMap(({ key }) => (key.startsWith(`${callOf(place)}_`) ? [key] : []));
            const given = Array.from({ length: cluster.given[place]! }, (_, i) => keyOf(place, i));
            expect(keys).toEqual(given);
          }
          const positions = new Map(events.map(({ position, key }) => [key, position]));
          for (const [key, position] of cluster.acknowledged)
            expect([key, positions.get(key)]).toEqual([key, position]);
          const written = await rows<{ position: number; node: string }>(
            'select position, node from written',
          );
          expect(written).toHaveLength(events.length);
          const excludedAt = new Map(cluster.all.map(({ name, excludedAt: at }) => [name, at ?? Infinity]));
          expect(written.filter(({ position, node: by }) => position > excludedAt.get(by)!)).toEqual([]);
        } finally {
          await cluster.close();
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
