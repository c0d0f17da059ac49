/** Which daemons may write, and what happens to the writes of those that may not. */
import { isFault, type FaultError } from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openPostgres, type PostgresStore } from '../../src/store/postgres/open-postgres.ts';
import { joinStore, LEASE_MS, type Membership } from '../../src/store/postgres/nodes/join.ts';
import { fence, members } from '../../src/store/postgres/nodes/members.ts';
import { createTestLog } from '../support/silent-log.ts';
import { aCommand, callIdOf, DraftMaker } from '../store/suites/drafts.ts';
import { createDatabase, hasServer } from './support/database.ts';
import { empty, storeOn } from './support/store.ts';

const PATIENT = { timeout: 30_000, interval: 5 };

const codeOf = async (task: Promise<unknown>): Promise<string> => {
  try {
    await task;
    return 'none';
  } catch (error) {
    return isFault(error) ? error.code : String(error);
  }
};

describe.skipIf(!hasServer)('nodes of a database', () => {
  let url: string;
  let first: PostgresStore;
  let second: PostgresStore;
  let observer: PostgresStore;
  let clock: FakeClock;
  let joined: Membership[];
  const fenced: FaultError[] = [];
  beforeAll(async () => {
    url = await createDatabase();
    [first, second, observer] = await Promise.all([
      openPostgres({ url }),
      openPostgres({ url }),
      openPostgres({ url }),
    ]);
    afterAll(() => Promise.all([first, second, observer].map((store) => store.close())));
  });
  beforeEach(async () => {
    clock = createFakeClock();
    fenced.length = 0;
    joined = [];
    for (const { session } of [first, second]) session.epoch = undefined;
    await empty(observer);
  });
  afterEach(() => Promise.all(joined.map((member) => member.leave())));

  const join = async (
    { session }: PostgresStore,
    name: string,
    options: { isCluster?: boolean; signal?: AbortSignal } = {},
  ): Promise<Membership> => {
    const member = await joinStore(session, {
      name,
      version: '1.0.0',
      isCluster: false,
      clock,
      log: createTestLog().log('store'),
      onFenced: (fault) => void fenced.push(fault),
      ...options,
    });
    joined.push(member);
    return member;
  };
  const expireLeases = (): Promise<unknown> =>
    observer.session.run({ text: 'update nodes set seen_at = seen_at - $1', values: [LEASE_MS] });
  const stored = async (): Promise<number> =>
    (await observer.session.rows<{ n: number }>({ text: 'select count(*) as n from events' }))[0]!.n;
  /** Waits until a condition holds, while the clock runs. */
  const advancingUntil = (condition: () => void | Promise<void>): Promise<void> =>
    vi.waitFor(async () => {
      await clock.advance(500);
      await condition();
    }, PATIENT);

  test('rejects a second daemon while the first one runs, and names it', async () => {
    await join(first, 'ada');
    const refused = join(second, 'bob');
    let error: unknown;
    void refused.catch((reason: unknown) => (error = reason));
    await advancingUntil(() => expect(error).toBeDefined());
    expect(error).toMatchObject({ code: 'STORE_IN_USE' });
    expect(String(error)).toMatch(/"ada", which started at 20/);
    expect(fenced).toEqual([]);
    await storeOn(first).ledger.commit([new DraftMaker().start('a')]);
    expect(await stored()).toBe(1);
  });

  test.each([
    ['a cluster beside a daemon without one', false, true, 'bob', 'STORE_IN_USE'],
    ['a daemon without a cluster beside one', true, false, 'bob', 'STORE_IN_USE'],
    ['a node with the name of another one', true, true, 'ada', 'STORE_IN_USE'],
    ['another node of the same cluster', true, true, 'bob', 'none'],
  ])('answers %s (%s, %s) as %s with %s', async (_case, isFirst, isSecond, name, code) => {
    await join(first, 'ada', { isCluster: isFirst });
    let result: string | undefined;
    void codeOf(join(second, name, { isCluster: isSecond })).then((settled) => (result = settled));
    await advancingUntil(() => expect(result).toBe(code));
  });

  test('excludes a daemon that crashed when its lease has ended', async () => {
    const crashed = await join(first, 'ada');
    await expireLeases();
    const next = await join(second, 'ada');
    expect(next.epoch).toBeGreaterThan(crashed.epoch);
    expect(await members(observer.session)).toMatchObject([{ epoch: next.epoch, name: 'ada' }]);
    await advancingUntil(() => expect(fenced).toMatchObject([{ code: 'NODE_FENCED' }]));
  });

  test('lets the next daemon start at once after one that stopped', async () => {
    await (await join(first, 'ada')).leave();
    await join(second, 'bob');
    expect(await members(observer.session)).toMatchObject([{ name: 'bob' }]);
    expect(fenced).toEqual([]);
  });

  test('begins an epoch of the log with the first node only', async () => {
    const ada = await join(first, 'ada', { isCluster: true });
    expect(ada.epochs).toEqual([{ id: expect.stringMatching(/^[\w-]{8}$/), startsAfter: 0 }]);
    await storeOn(first).ledger.commit([new DraftMaker().start('a')]);
    expect((await join(second, 'bob', { isCluster: true })).epochs).toEqual(ada.epochs);
    await Promise.all(joined.map((member) => member.leave()));
    const restarted = await join(second, 'bob', { isCluster: true });
    expect(restarted.epochs).toMatchObject([ada.epochs[0], { startsAfter: 1 }]);
  });

  test('lets no node exclude another one when it is excluded itself', async () => {
    const [ada, bob] = [
      await join(first, 'ada', { isCluster: true }),
      await join(second, 'bob', { isCluster: true }),
    ];
    expect(await fence(second.session, ada.epoch, bob.epoch)).toBe(true);
    expect(await fence(first.session, bob.epoch, ada.epoch)).toBe(false);
    expect(await members(observer.session)).toMatchObject([{ name: 'bob' }]);
  });

  describe('that were excluded', () => {
    let maker: DraftMaker;
    beforeEach(async () => {
      maker = new DraftMaker();
      const ada = await join(first, 'ada', { isCluster: true });
      await storeOn(first).ledger.commit([maker.start('a'), maker.start('b')]);
      const bob = await join(second, 'bob', { isCluster: true });
      await fence(second.session, ada.epoch, bob.epoch);
    });

    test('store nothing', async () => {
      const { ledger, waveforms } = storeOn(first);
      const held = maker.next('b', { type: 'CALL_HOLD_CHANGED', held: true, by: 'ada' });
      const writes = {
        commit: () => ledger.commit([maker.line('a', 1)]),
        'commit with entries of the audit log': () => ledger.commit([held]),
        putCommand: () => ledger.putCommand(aCommand('cmd_1')),
        erase: () => ledger.erase(callIdOf('a'), 1),
        indexNumbers: () => ledger.indexNumbers(),
        prune: () =>
          ledger.retention.prune({
            kind: 'CALLS',
            callIds: [callIdOf('a')],
            rows: 10,
            at: 1,
            reason: 'AGE',
          }),
      };
      for (const [name, write] of Object.entries(writes))
        expect([name, await codeOf(write())]).toEqual([name, 'NODE_FENCED']);
      await waveforms.put([{ callId: callIdOf('a'), party: 'CUSTOMER', piece: 0, peaks: new Uint8Array(2) }]);
      expect(await stored()).toBe(2);
      expect(await storeOn(observer).rows()).toMatchObject({
        commands: [],
        waveforms: [],
        auditLog: [],
        calls: [{}, {}],
      });
    });

    test('do not prevent that others store', async () => {
      expect(await codeOf(storeOn(first).ledger.commit([maker.line('a', 1)]))).toBe('NODE_FENCED');
      await storeOn(second).ledger.commit([maker.line('a', 2)]);
      expect(await stored()).toBe(3);
    });
  });

  test.each([
    ['commit', (maker: DraftMaker) => storeOn(first).ledger.commit([maker.line('a', 1)])],
    [
      'commit with entries of the audit log',
      (maker: DraftMaker) =>
        storeOn(first).ledger.commit([maker.next('a', { type: 'CALL_HOLD_CHANGED', held: true, by: 'ada' })]),
    ],
    ['command', () => storeOn(first).ledger.putCommand(aCommand('cmd_1'))],
    ['erasure', () => storeOn(first).ledger.erase(callIdOf('a'), 1)],
  ])('reject a %s that waits for the lock while its node is excluded', async (_what, write) => {
    const maker = new DraftMaker();
    const ada = await join(first, 'ada', { isCluster: true });
    await storeOn(first).ledger.commit([maker.start('a')]);
    const bob = await join(second, 'bob', { isCluster: true });
    let result: string | undefined;
    await second.session.transaction(async (queries) => {
      expect(await fence(queries, ada.epoch, bob.epoch)).toBe(true);
      void codeOf(write(maker)).then((code) => (result = code));
      // The statement has reached the server, and has the state of before the exclusion.
      await vi.waitFor(async () => {
        const waiting = await observer.session.rows({
          text: "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        });
        expect(waiting).toHaveLength(1);
      }, PATIENT);
      expect(result).toBeUndefined();
    });
    await vi.waitFor(() => expect(result).toBe('NODE_FENCED'), PATIENT);
    expect(await stored()).toBe(1);
  });

  test('store a commit that began before they were excluded, and nothing after it', async () => {
    const maker = new DraftMaker();
    const ada = await join(first, 'ada', { isCluster: true });
    await storeOn(first).ledger.commit([maker.start('a')]);
    const bob = await join(second, 'bob', { isCluster: true });
    let isExcluded = false;
    await observer.session.transaction(async (queries) => {
      // Holds the commit in the server: it has the head, and waits for the row of its call.
      await queries.rows({ text: 'select 1 from calls for update' });
      const commit = storeOn(first).ledger.commit([maker.line('a', 1)]);
      await vi.waitFor(async () => {
        const waiting = await second.session.rows({
          text: "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        });
        expect(waiting).toHaveLength(1);
      }, PATIENT);
      void commit.catch(() => undefined);
      void fence(second.session, ada.epoch, bob.epoch).then(() => (isExcluded = true));
      await observer.session.rows({ text: 'select 1' });
      expect(isExcluded).toBe(false);
    });
    await vi.waitFor(() => expect(isExcluded).toBe(true), PATIENT);
    expect(await stored()).toBe(2);
    expect(await codeOf(storeOn(first).ledger.commit([maker.line('a', 2)]))).toBe('NODE_FENCED');
  });
});
