/** What a node reads of the log to which others write, and how it follows it. */
import type { CallRecord } from '@sidetone/core';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClusterCalls } from '../../src/live/following/cluster-calls.ts';
import { LogFollower } from '../../src/live/following/log-follower.ts';
import { createPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { joinStore } from '../../src/store/postgres/nodes/join.ts';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { createSharedLog } from '../../src/store/postgres/shared-log.ts';
import { systemClock as clock } from '../../src/system-clock.ts';
import { anyDrafts, callIdOf, DraftMaker } from '../store/suites/drafts.ts';
import { createTestLog } from '../support/silent-log.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty } from './support/store.ts';

const positionsOf = (records: readonly CallRecord[]): number[] => records.map(({ position }) => position);

describe.skipIf(!hasServer)('the shared log', () => {
  let url: string;
  let store: PostgresStore;
  beforeAll(async () => {
    url = await createDatabase();
    store = await openPostgres({ url });
    afterAll(() => store.close());
  });
  beforeEach(() => empty(store));

  test('is read in parts, with the head of the same instant, and without what was removed', async () => {
    const [ledger, log] = [createPostgresLedger(store.session), createSharedLog(store.session)];
    expect(await log.read(0, undefined, 10)).toEqual({ records: [], head: 0 });
    const maker = new DraftMaker();
    const drafts = ['a', 'b', 'a', 'b'].map((name, i) => (i < 2 ? maker.start(name) : maker.line(name, i)));
    const records = await ledger.commit(drafts);
    expect(await log.read(0, undefined, 10)).toEqual({ records, head: 4 });
    expect(await log.read(1, 3, 10)).toEqual({ records: records.slice(1, 3), head: 4 });
    expect(await log.read(0, undefined, 3)).toEqual({ records: records.slice(0, 3), head: 4 });
    expect(await log.read(4, undefined, 3)).toEqual({ records: [], head: 4 });
    await ledger.erase(callIdOf('b'), 5);
    expect(positionsOf((await log.read(0, undefined, 10)).records)).toEqual([1, 3]);
    expect((await log.read(3, 4, 10)).head).toBe(4);
  });

  test('leads to the live calls that are stored, from the beginning or from any position', async () => {
    const [ledger, log] = [createPostgresLedger(store.session), createSharedLog(store.session)];
    await fc.assert(
      fc.asyncProperty(anyDrafts, fc.nat(20), async (drafts, early) => {
        await empty(store);
        const fromStart = new ClusterCalls({ registry: { recall: () => undefined } });
        const fromThere = new ClusterCalls({ registry: { recall: () => undefined } });
        const first = drafts.slice(0, early);
        if (first.length > 0) await ledger.commit(first);
        const snapshot = await log.liveCalls();
        fromThere.load(snapshot.calls, snapshot.position);
        if (drafts.length > early) await ledger.commit(drafts.slice(early));
        const { records } = await log.read(0, undefined, 10_000);
        for (const calls of [fromStart, fromThere]) calls.apply(records);
        const { calls } = await log.liveCalls();
        const sorted = (of: ClusterCalls) => of.live().toSorted((a, b) => (a.id < b.id ? -1 : 1));
        expect(sorted(fromStart)).toEqual(calls);
        expect(sorted(fromThere)).toEqual(calls);
      }),
      { numRuns: 25 },
    );
  });

  test('is followed by three nodes that write at the same time: all pass on every record once, in one order', async () => {
    const { log } = createTestLog();
    const listeners = new Set<(position: number) => void>();
    const nodes = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const opened = await openPostgres({ url });
        const joining = { name, version: '1', isCluster: true, clock, log: log('store') };
        const member = await joinStore(opened.session, { ...joining, onFenced: () => undefined });
        const received: CallRecord[] = [];
        const follower = new LogFollower({
          log: createSharedLog(opened.session),
          position: 0,
          deliver: ({ records }) => received.push(...records),
          announcements: {
            announce: (position) => void setImmediate(() => listeners.forEach((each) => each(position))),
            onHigher: (listener) => {
              listeners.add(listener);
              return () => listeners.delete(listener);
            },
          },
          clock,
          logger: log('live'),
        });
        follower.start();
        return { name, opened, member, received, follower, ledger: createPostgresLedger(opened.session) };
      }),
    );
    await Promise.all(
      nodes.map(async ({ name, ledger, follower }) => {
        const maker = new DraftMaker();
        follower.publish(await ledger.commit([maker.start(name)]));
        for (let i = 1; i <= 40; i++)
          follower.publish(await ledger.commit([maker.line(name, 2 * i), maker.line(name, 2 * i + 1)]));
      }),
    );
    for (const { received } of nodes) {
      await vi.waitFor(() => expect(received).toHaveLength(3 * 81), { timeout: 30_000 });
      expect(positionsOf(received)).toEqual(Array.from({ length: 3 * 81 }, (_, i) => i + 1));
      expect(received).toEqual(nodes[0]!.received);
    }
    // They did write at the same time.
    expect(nodes.some(({ follower }) => follower.ownCounts.waited + follower.ownCounts.late > 0)).toBe(true);
    for (const { opened, member, follower } of nodes) {
      await follower.stop();
      await member.leave();
      await opened.close();
    }
  });
});
