/** Statistics, filters and tags: what every engine finds and counts. */
import { CALL_DIRECTIONS, END_CATEGORIES, providerId, type Call } from '@sidetone/core';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CallFilter } from '../../../src/calls/ports.ts';
import type { CallTotals } from '../../../src/history/ports.ts';
import {
  STATS_BUCKETS,
  STATS_DIMENSIONS,
  withEmptyBuckets,
  type SeriesRequest,
  type StatsBucket,
} from '../../../src/history/stats-bucket.ts';
import { searchFor } from '../../support/numbers.ts';
import { callRow } from '../../support/rows.ts';
import { putCalls } from './drafts.ts';
import type { OpenStore, TestStore } from './engine.ts';

/** Times near the boundaries of hours, days and months, also of time zones. */
const anyTime = fc
  .tuple(
    fc.constantFrom(0, 1, 18.25, 18.5, 23, 24, 28 * 24, 31 * 24, 60 * 24),
    fc.integer({ min: -2000, max: 2000 }),
  )
  .map(([hours, offset]) => Date.UTC(2024, 0, 1) + hours * 3_600_000 + offset);

const anyCost = fc.record({
  amount: fc.integer({ min: 0, max: 9_999_999 }).map((millionths) => millionths / 1e6),
  currency: fc.constantFrom('USD', 'INR'),
});

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

const anyFilter: fc.Arbitrary<CallFilter> = fc.record(
  {
    providerIds: fc.subarray([providerId('one'), providerId('two')]),
    statuses: fc.subarray(['ENDED', 'RINGING', 'IN_PROGRESS'] as const),
    live: fc.boolean(),
    directions: fc.subarray([...CALL_DIRECTIONS]),
    endCategories: fc.subarray(END_CATEGORIES.slice(0, 3)),
    createdAfter: anyTime,
    createdBefore: anyTime,
  },
  { requiredKeys: [] },
);

const anyCall = fc.record({
  assistant: fc.option(fc.constantFrom('Nova', 'Nora'), { nil: undefined }),
  provider: fc.constantFrom('one', 'two'),
  createdAt: anyTime,
  direction: fc.option(fc.constantFrom(...CALL_DIRECTIONS), { nil: undefined }),
  answered: fc.boolean(),
  lengthMs: fc.integer({ min: -5, max: 5000 }),
  cost: fc.option(anyCost, { nil: undefined }),
  end: fc.option(fc.constantFrom(...END_CATEGORIES.slice(0, 3)), { nil: undefined }),
});

type GeneratedCall = typeof anyCall extends fc.Arbitrary<infer Value> ? Value : never;

const byGroup = (a: CallTotals, b: CallTotals): number => byText(groupOf(a), groupOf(b));
const groupOf = ({ providerId: id, isLive, endCategory }: CallTotals) => [id, isLive, endCategory];

const CALLS: readonly Call[] = [
  callRow('live', {
    status: 'IN_PROGRESS',
    direction: 'INBOUND',
    createdAt: 50,
    answeredAt: 60,
    from: '+14155550100',
  }),
  callRow('long', {
    direction: 'OUTBOUND',
    createdAt: 100,
    answeredAt: 110,
    endedAt: 1110,
    end: { category: 'CUSTOMER_ENDED' },
    from: '+918000000001',
    to: '14155550199',
    tags: ['a', 'b'],
    assistant: { name: 'Nova', providerAssistantId: 'as_1' },
  }),
  callRow('short', {
    direction: 'WEB',
    createdAt: 200,
    answeredAt: 210,
    endedAt: 220,
    end: { category: 'ASSISTANT_ENDED' },
    to: 'sip:4155550100@example.com',
    tags: ['a'],
    assistant: { providerAssistantId: 'as_2' },
  }),
  callRow('missed', { createdAt: 300, endedAt: 330, end: { category: 'NO_ANSWER' }, to: '+4155' }),
  callRow('elsewhere', { providerId: providerId('other'), createdAt: 400, tags: ['b'] }),
];

function toCall(
  { provider, createdAt, direction, answered, lengthMs, end, cost, assistant }: GeneratedCall,
  i: number,
): Call {
  return callRow(`any${i}`, {
    providerId: providerId(provider),
    createdAt,
    ...(direction && { direction }),
    ...(answered && { answeredAt: createdAt }),
    ...(cost && { cost }),
    ...(assistant !== undefined && { assistant: { name: assistant } }),
    ...(end
      ? { endedAt: createdAt + lengthMs, end: { category: end } }
      : { status: answered ? 'IN_PROGRESS' : 'RINGING' }),
  });
}

/** Returns all statistics of a filter, in an order that does not depend on the engine. */
async function answers(
  { history }: TestStore,
  filter: CallFilter,
  { limit, timeZone, splitBy }: Required<Omit<SeriesRequest, 'bucket'>>,
) {
  const calls = await history.countCalls(filter);
  const buckets = [];
  for (const bucket of STATS_BUCKETS) {
    const split = await history.callBuckets(filter, { bucket, timeZone, splitBy, limit: 1000 });
    expect(split.reduce((sum, each) => sum + each.calls, 0)).toBe(calls);
    buckets.push(
      split,
      await history.callBuckets(filter, { bucket, limit }),
      await history.callBuckets(filter, { bucket, timeZone, splitBy, limit }),
    );
  }
  const totals = (await history.callTotals(filter)).toSorted(byGroup);
  return { calls, buckets, totals, measures: await history.callMeasures(filter) };
}

/** @param reference the engine that the others must equal. */
export function testStats(open: OpenStore, reference: OpenStore, numRuns: number): void {
  describe('a call filter', () => {
    let store: TestStore;
    beforeAll(async () => {
      store = await open();
      await putCalls(store, CALLS);
    });

    async function matching(filter: CallFilter): Promise<string[]> {
      const { rows } = await store.history.calls(filter, { limit: 100, backward: false });
      expect(await store.history.countCalls(filter)).toBe(rows.length);
      return rows.map(({ providerCallId }) => providerCallId);
    }

    test.each<[CallFilter, string[]]>([
      [{}, ['elsewhere', 'missed', 'short', 'long', 'live']],
      [{ providerIds: [providerId('other')] }, ['elsewhere']],
      [{ providerIds: [] }, []],
      [{ statuses: ['IN_PROGRESS', 'RINGING'] }, ['live']],
      [{ live: false }, ['elsewhere', 'missed', 'short', 'long']],
      [{ directions: ['INBOUND', 'WEB'] }, ['short', 'live']],
      [{ endCategories: ['NO_ANSWER', 'CUSTOMER_ENDED'] }, ['missed', 'long']],
      [{ assistants: ['Nova'] }, ['long']],
      [{ assistants: ['as_2', 'Nova'] }, ['short', 'long']],
      [{ assistants: ['as_1'] }, []],
      [{ assistants: [] }, []],
      [{ createdAfter: 100, createdBefore: 300 }, ['short', 'long']],
      [{ minDurationMs: 10 }, ['short', 'long']],
      [{ minDurationMs: 11 }, ['long']],
      [{ maxDurationMs: 10 }, ['short']],
      [{ minDurationMs: 0, maxDurationMs: 1000 }, ['short', 'long']],
      [{ number: searchFor('1415') }, ['long', 'live']],
      [{ number: searchFor('918') }, ['long']],
      [{ number: searchFor('4155') }, ['missed', 'short']],
      [{ number: searchFor('0199') }, ['long']],
      [{ number: searchFor('199') }, []],
      [{ number: searchFor('14155550199') }, ['long']],
      [{ number: searchFor('141555501990') }, []],
      [{ tags: ['a'] }, ['short', 'long']],
      [{ tags: ['b', 'a'] }, ['long']],
      [{ tags: ['c'] }, []],
      [{ tags: [] }, ['elsewhere', 'missed', 'short', 'long', 'live']],
      [{ tags: ['a'], minDurationMs: 100, directions: ['OUTBOUND'] }, ['long']],
    ])('%j matches %j', async (filter, names) => {
      expect(await matching(filter)).toEqual(names);
    });

    test('totals are grouped by provider, liveness and end; only answered and ended calls count towards the duration', async () => {
      expect(await store.history.callTotals({ providerIds: [providerId('test')] })).toEqual(
        expect.arrayContaining([
          { providerId: 'test', isLive: true, endCategory: null, calls: 1, measured: 0, durationMs: 0 },
          {
            providerId: 'test',
            isLive: false,
            endCategory: 'CUSTOMER_ENDED',
            calls: 1,
            measured: 1,
            durationMs: 1000,
          },
          {
            providerId: 'test',
            isLive: false,
            endCategory: 'ASSISTANT_ENDED',
            calls: 1,
            measured: 1,
            durationMs: 10,
          },
          {
            providerId: 'test',
            isLive: false,
            endCategory: 'NO_ANSWER',
            calls: 1,
            measured: 0,
            durationMs: 0,
          },
        ]),
      );
    });
  });

  describe('call buckets', () => {
    let store: TestStore;
    beforeEach(async () => {
      store = await open();
    });
    const at = (text: string): number => Date.parse(text);

    test.each<[StatsBucket, string[]]>([
      ['HOUR', ['2024-02-29T23:00Z', '2024-03-03T23:00Z', '2024-03-04T00:00Z']],
      ['DAY', ['2024-02-29', '2024-03-03', '2024-03-04']],
      // 2024-03-04 is a Monday.
      ['WEEK', ['2024-02-26', '2024-03-04']],
      ['MONTH', ['2024-02-01', '2024-03-01']],
    ])('of a %s start by the calendar in UTC', async (bucket, starts) => {
      const created = ['2024-02-29T23:59:59.999Z', '2024-03-03T23:59:59.999Z', '2024-03-04T00:00:00.000Z'];
      const provider = providerId(`bucket-${bucket.toLowerCase()}`);
      await putCalls(
        store,
        created.map((text, i) =>
          callRow(`${bucket}${i}`, {
            providerId: provider,
            createdAt: at(text),
            answeredAt: at(text),
            endedAt: at(text) + 5,
          }),
        ),
      );
      const counted = await store.history.callBuckets({ providerIds: [provider] }, { bucket, limit: 100 });
      expect(counted.map((one) => one.at)).toEqual(starts.map(at));
      expect(counted.map(({ calls, durationMs }) => durationMs / calls)).toEqual(starts.map(() => 5));
      expect(counted.reduce((all, { calls }) => all + calls, 0)).toBe(3);
      const all = withEmptyBuckets(bucket, counted);
      expect(all.filter(({ calls }) => calls > 0)).toEqual(counted);
    });
  });

  test('statistics from totals equal those of the calls for any filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCall, { maxLength: 30 }),
        fc.array(anyFilter, { minLength: 1, maxLength: 4 }),
        fc.record({
          limit: fc.integer({ min: 1, max: 6 }),
          timeZone: fc.constantFrom(
            'Asia/Kolkata',
            'Europe/Berlin',
            'Asia/Kathmandu',
            'Africa/Cairo',
            'Etc/GMT+3',
          ),
          splitBy: fc.constantFrom(...STATS_DIMENSIONS),
        }),
        async (calls, filters, series) => {
          const seen: unknown[] = [];
          for (const each of [reference, open]) {
            const store = await each();
            await putCalls(store, calls.map(toCall));
            for (const filter of filters) {
              const totalled = await answers(store, filter, series);
              // Tags are no part of the totals, so the calls are read.
              expect(totalled).toEqual(await answers(store, { ...filter, tags: [] }, series));
              seen.push(totalled);
            }
          }
          expect(seen.slice(filters.length)).toEqual(seen.slice(0, filters.length));
        },
      ),
      { numRuns },
    );
  });

  test.each(['Asia/Kolkata', 'Asia/Kathmandu', 'Europe/Berlin', 'Australia/Lord_Howe'])(
    'statistics from totals follow the calendar of %s, also when its offset changes',
    async (timeZone) => {
      const store = await open();
      const { history } = store;
      // The changes in Berlin and on Lord Howe Island in 2024, and two months.
      for (const start of [Date.UTC(2024, 2, 29), Date.UTC(2024, 3, 5)])
        await putCalls(
          store,
          Array.from({ length: 72 * 4 }, (_, i) =>
            callRow(`${start}-${i}`, { createdAt: start + i * 900_000 + 1, end: { category: 'BUSY' } }),
          ),
        );
      for (const bucket of STATS_BUCKETS) {
        const series = { bucket, timeZone, limit: 1000 };
        const counted = await history.callBuckets({}, series);
        expect(counted).toEqual(await history.callBuckets({ tags: [] }, series));
        expect(withEmptyBuckets(bucket, counted, timeZone).filter(({ calls: some }) => some > 0)).toEqual(
          counted,
        );
      }
    },
  );

  test('tags are listed by their beginning, each once, with the number of calls up to a limit', async () => {
    const store = await open();
    const tagged = ['vip', 'vip', 'VIP', 'vip 2', 'complaint', '100%', 'völlig', 'شكوى'];
    const many = Array.from({ length: 1200 }, () => 'frequent');
    await putCalls(
      store,
      [...tagged, ...many].map((tag, i) => callRow(`t${i}`, { tags: [tag] })),
    );
    const tagsOf = async (prefix: string, limit = 50) =>
      (await store.history.tags(prefix, limit)).map(({ tag, calls }) => [tag, calls]);
    expect(await tagsOf('vip')).toEqual([
      ['vip', 2],
      ['vip 2', 1],
    ]);
    expect(await tagsOf('v')).toHaveLength(3);
    expect(await tagsOf('100%')).toEqual([['100%', 1]]);
    expect(await tagsOf('شك')).toEqual([['شكوى', 1]]);
    expect(await tagsOf('none')).toEqual([]);
    expect(await tagsOf('')).toHaveLength(8);
    expect(await tagsOf('', 2)).toEqual([
      ['100%', 1],
      ['VIP', 1],
    ]);
    expect(await tagsOf('freq')).toEqual([['frequent', 1000]]);
  });
}
