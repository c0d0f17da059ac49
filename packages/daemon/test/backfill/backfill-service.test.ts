import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaultError, type BackfillPage, type BackfillRequest } from '@sidetone/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BackfillService, RUNNING_MS } from '../../src/backfill/backfill-service.ts';
import type { ProviderView } from '../../src/plugins/ports.ts';
import { createAuditReader } from '../../src/store/audit/reader.ts';
import { createStateStore } from '../../src/store/plugin-state.ts';
import { createHarness, event, PROVIDER, type Harness } from '../support/harness.ts';
import { createTestLog } from '../support/silent-log.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let harness: Harness;
let backfills: BackfillService;
let create: (isShared?: boolean) => BackfillService;
let requests: BackfillRequest[];
let failAt: number;
/** Delays the next page of the provider. */
let turn: () => Promise<void>;

const PAGES = 4;

/** Returns a page of one complete call. The same number always returns the same page. */
function page(number: number): BackfillPage {
  const at = 10_000 - number;
  const call = `past-${number}`;
  return {
    events: [
      event('call.started', { status: 'IN_PROGRESS' }, { call, at }),
      event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, { call, at }),
      event(
        'call.report',
        { utterances: [{ party: 'CUSTOMER', text: `text ${number}` }], dedupeKey: 'r' },
        { call, at },
      ),
    ],
    calls: 1,
    position: String(number + 1),
    reached: at,
  };
}

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
  requests = [];
  failAt = -1;
  turn = async () => undefined;
  const provider = {
    id: PROVIDER,
    state: 'RUNNING',
    isRunning: true,
    async *backfill(request: BackfillRequest, signal: AbortSignal) {
      requests.push(request);
      for (let number = Number(request.resumeAt ?? 0); number < PAGES; number++) {
        if (number === failAt) throw new FaultError('PROVIDER_UNREACHABLE', 'connection lost');
        await turn();
        if (signal.aborted) return;
        yield page(number);
      }
    },
  } as unknown as ProviderView;
  const plain = { id: 'plain', state: 'RUNNING', isRunning: true } as unknown as ProviderView;
  const known = new Map<string, ProviderView>([
    [PROVIDER, provider],
    ['plain', plain],
  ]);
  create = (isShared = false) =>
    new BackfillService({
      providers: { list: () => [], get: (id) => known.get(id) },
      ingest: harness.ingest,
      audit: harness.audit,
      stateStore: { ...createStateStore(harness.database.db), isShared },
      clock: harness.clock,
      log: createTestLog().log(''),
    });
  backfills = create();
});
afterEach(() => harness.close());

async function settled(state: string): Promise<void> {
  for (let i = 0; i < 1000 && (await backfills.list())[0]?.state !== state; i++) await harness.clock.settle();
  expect((await backfills.list())[0]?.state).toBe(state);
}
const textsInHistory = async (): Promise<string[]> => {
  const { rows } = await harness.history.calls({}, { limit: 100, backward: false });
  const pages = await Promise.all(
    rows.map((call) => harness.history.utterances(call.id, { limit: 10, backward: false })),
  );
  return pages.flatMap(({ rows: utterances }) => utterances.map(({ utterance }) => utterance.text));
};
const ALL = ['text 0', 'text 1', 'text 2', 'text 3'];

describe('a backfill', () => {
  test('stores all past calls and reports its progress', async () => {
    expect(await backfills.start(PROVIDER, 0, undefined, 'ada')).toMatchObject({
      state: 'RUNNING',
      calls: 0,
    });
    await settled('DONE');
    expect(await backfills.list()).toMatchObject([
      { providerId: PROVIDER, state: 'DONE', calls: PAGES, reached: 9997 },
    ]);
    expect(await textsInHistory()).toEqual(ALL);
  });

  test('names its client in its state, in the audit log, and in the events that it imports', async () => {
    failAt = 2;
    await backfills.start(PROVIDER, 0, 20_000, 'ada');
    await settled('FAILED');
    failAt = -1;
    await backfills.start(PROVIDER, 0, 20_000, 'grace');
    await settled('DONE');
    expect(await backfills.list()).toMatchObject([{ requestedBy: 'grace' }]);
    const entries = [...createAuditReader(harness.database.db.$client).entries()];
    const details = { providerId: PROVIDER, since: 0, until: 20_000 };
    expect(entries).toMatchObject([
      { action: 'BACKFILL_STARTED', by: 'ada', details },
      { action: 'BACKFILL_STARTED', by: 'grace', details },
    ]);
    const records = await harness.eventLog.page(0, 1000, { types: ['CALL_STARTED', 'CALL_ENDED'] });
    expect(records.map(({ fact }) => fact.by)).toEqual([
      ...Array.from({ length: 4 }, () => 'ada'),
      ...Array.from({ length: 4 }, () => 'grace'),
    ]);
  });

  test('does not present imported utterances as added by its client', async () => {
    await backfills.start(PROVIDER, 0, undefined, 'ada');
    await settled('DONE');
    const records = await harness.eventLog.page(0, 1000, { types: ['UTTERANCE_FINALIZED'] });
    expect(records.map(({ fact }) => fact.by)).toEqual(ALL.map(() => undefined));
  });

  test('is not started if the audit log cannot be written', async () => {
    harness.database.db.$client.exec('drop table audit_log');
    await expect(backfills.start(PROVIDER, 0, undefined, 'ada')).rejects.toThrow();
    expect(await backfills.list()).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('reports why it failed, and resumes at the same position when started again', async () => {
    failAt = 2;
    await backfills.start(PROVIDER, 0, 20_000, 'ada');
    await settled('FAILED');
    expect(await backfills.list()).toMatchObject([{ calls: 2, message: 'connection lost' }]);
    failAt = -1;
    expect(await backfills.start(PROVIDER, 0, 20_000, 'ada')).not.toHaveProperty('message');
    await settled('DONE');
    expect(requests).toMatchObject([
      { since: 0, until: 20_000 },
      { since: 0, until: 20_000, resumeAt: '2' },
    ]);
    expect(await textsInHistory()).toEqual(ALL);
  });

  test('of another period starts from the beginning and creates no duplicates', async () => {
    await backfills.start(PROVIDER, 0, undefined, 'ada');
    await settled('DONE');
    await backfills.start(PROVIDER, 1, undefined, 'ada');
    await settled('DONE');
    expect(requests[1]).not.toHaveProperty('resumeAt');
    expect(await textsInHistory()).toEqual(ALL);
  });

  test('is not started twice, and rejects another period while it runs', async () => {
    turn = () => new Promise(() => undefined);
    await backfills.start(PROVIDER, 0, 20_000, 'ada');
    expect((await backfills.start(PROVIDER, 0, 20_000, 'ada')).state).toBe('RUNNING');
    expect(requests).toHaveLength(1);
    await expect(backfills.start(PROVIDER, 5, 20_000, 'ada')).rejects.toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
  });

  test('stops with the daemon and keeps its progress', async () => {
    let pages = 0;
    turn = () => (++pages > 2 ? harness.clock.delay(1_000_000) : Promise.resolve());
    await backfills.start(PROVIDER, 0, 20_000, 'ada');
    while ((await backfills.list())[0]!.calls < 2) await harness.clock.settle();
    const closed = backfills.close();
    await harness.clock.advance(5000);
    await closed;
    const orphan = (await backfills.list())[0]!;
    expect(orphan.calls).toBe(2);
  });

  test.each([
    ['unknown', 'PROVIDER_NOT_RUNNING'],
    ['plain', 'CAPABILITY_MISSING'],
  ])('of the provider %s is rejected with %s', async (id, code) => {
    await expect(backfills.start(id as typeof PROVIDER, 0, undefined, 'ada')).rejects.toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('in a cluster', () => {
  test('a backfill runs at one node, and others show it', async () => {
    const [one, other] = [create(true), create(true)];
    let open = (): void => undefined;
    turn = () => new Promise((resolve) => (open = resolve));
    const first = await one.start(PROVIDER, 0, 20_000, 'Ada');
    await harness.clock.advance(3 * RUNNING_MS);
    expect(await other.list()).toMatchObject([{ state: 'RUNNING', requestedBy: 'Ada' }]);
    expect(await other.start(PROVIDER, 0, 20_000, 'Bob')).toMatchObject({
      ...first,
      runsUntil: expect.anything(),
    });
    await expect(other.start(PROVIDER, 1, 20_000, 'Bob')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(requests).toHaveLength(1);
    turn = async () => undefined;
    open();
    backfills = other;
    await settled('DONE');
    await harness.clock.advance(2 * RUNNING_MS);
    expect(await other.list()).toMatchObject([{ state: 'DONE', calls: PAGES }]);
  });

  test('two nodes that start it at once run it once', async () => {
    const nodes = [create(true), create(true)];
    await Promise.all(nodes.map((node) => node.start(PROVIDER, 0, 20_000, 'Ada')));
    backfills = nodes[0]!;
    await settled('DONE');
    expect(requests).toHaveLength(1);
  });

  test('another node resumes it when its node has gone', async () => {
    const [one, other] = [create(true), create(true)];
    turn = () => new Promise(() => undefined);
    await one.start(PROVIDER, 0, 20_000, 'Ada');
    const stored = createStateStore(harness.database.db).list('daemon/backfill', '');
    // Its process has gone: nothing stores its progress any longer.
    const clock = harness.clock;
    const gone = clock.now() + RUNNING_MS;
    expect(JSON.parse(stored[0]![1])).toMatchObject({ runsUntil: gone });
    createStateStore(harness.database.db).set(
      'daemon/backfill',
      PROVIDER,
      JSON.stringify({ ...JSON.parse(stored[0]![1]), runsUntil: clock.now() }),
    );
    turn = async () => undefined;
    expect(await other.list()).toMatchObject([{ state: 'STOPPED' }]);
    await other.start(PROVIDER, 0, 20_000, 'Bob');
    expect(requests).toHaveLength(2);
    backfills = other;
    await settled('DONE');
  });
});
