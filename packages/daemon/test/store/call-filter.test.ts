import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { providerId, type Call } from '@sidetone/core';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callMatches } from '../../src/calls/call-match.ts';
import type { CallFilter } from '../../src/calls/ports.ts';
import type { History } from '../../src/history/ports.ts';
import { withEmptyBuckets, type StatsBucket } from '../../src/history/stats-bucket.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { callsWithNumber } from '../../src/store/number-index.ts';
import { callTags } from '../../src/store/schema.ts';
import { createLocalHistory } from '../support/history.ts';
import { callRow, putCalls, putUtterance } from '../support/rows.ts';
import { searchFor } from '../support/numbers.ts';
import { tempDir } from '../support/temp-dir.ts';

const dir = join(tempDir(), 'filter');
let database: Database;
let history: History;

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

beforeAll(() => {
  mkdirSync(dir);
  database = openDatabase(join(dir, 'test.db'), 'normal');
  history = createLocalHistory(database.db);
  putCalls(database.db, CALLS);
  for (const { id, tags } of CALLS) {
    for (const tag of tags) database.db.insert(callTags).values({ callId: id, tag }).run();
  }
});
afterAll(() => database.close());

async function matching(filter: CallFilter): Promise<string[]> {
  const { rows } = await history.calls(filter, { limit: 100, backward: false });
  expect(await history.countCalls(filter)).toBe(rows.length);
  return rows.map(({ providerCallId }) => providerCallId);
}

describe('a call filter', () => {
  test.each(['1', '+91 80 5555 1234', '08055551234', '1234', 'sip:14155550199@example.com'])(
    'finds the number %s by indexes only',
    (text) => {
      const found = callsWithNumber(searchFor(text, { default: 'IN', byProvider: {} }));
      const steps = database.db.all<{ detail: string }>(sql`explain query plan ${found}`);
      const scans = steps.map(({ detail }) => detail).filter((detail) => detail.includes('SCAN'));
      expect(scans).toEqual([]);
    },
  );

  test('gives the same result for a live call in memory as in the store', async () => {
    const filters: CallFilter[] = [
      { live: true },
      { number: searchFor('1415') },
      { minDurationMs: 0 },
      { tags: ['a'] },
    ];
    for (const filter of filters) {
      expect(
        CALLS.filter((call) => callMatches(call, filter))
          .map(({ providerCallId }) => providerCallId as string)
          .toSorted(),
      ).toEqual((await matching(filter)).toSorted());
    }
  });
});

describe('call buckets', () => {
  const at = (text: string): number => Date.parse(text);

  test.each<[StatsBucket, string, string, number]>([
    ['HOUR', '2024-02-29T00:00Z', '2024-03-01T00:00Z', 25],
    ['DAY', '2024-02-27', '2024-03-01', 4],
    ['WEEK', '2024-02-26', '2024-03-11', 3],
    ['MONTH', '2023-11-01', '2024-02-01', 4],
  ])('of a %s are filled from %s to %s without a gap', (bucket, first, last, length) => {
    const point = (text: string) => ({ at: at(text), calls: 1, durationMs: 0 });
    const all = withEmptyBuckets(bucket, [point(first), point(last)]);
    expect(all).toHaveLength(length);
    expect(all.slice(1, -1).every(({ calls }) => calls === 0)).toBe(true);
    expect(all.at(-1)).toEqual(point(last));
  });

  test('are rejected when there are too many, with a remedy', () => {
    const point = (hour: number) => ({ at: hour * 3_600_000, calls: 1, durationMs: 0 });
    expect(withEmptyBuckets('HOUR', [point(0), point(999)])).toHaveLength(1000);
    expect(() => withEmptyBuckets('HOUR', [point(0), point(1000)])).toThrow(/narrow `createdAfter`/);
    // Rejected before they are created.
    expect(() => withEmptyBuckets('HOUR', [point(0), point(2_000_000_000)])).toThrow(/narrow/);
    expect(withEmptyBuckets('HOUR', [])).toEqual([]);
  });
});

test('every query that may scan all calls can be interrupted', async () => {
  const page = { limit: 1, backward: false } as const;
  const { id } = CALLS[1]!;
  putUtterance(database.db, id, 1, 'hello');
  const queries: Record<string, () => Promise<unknown>> = {
    calls: () => history.calls({}, page),
    countCalls: () => history.countCalls({}),
    callTotals: () => history.callTotals({}),
    callBuckets: () => history.callBuckets({}, { bucket: 'DAY', limit: 1 }),
    callMeasures: () => history.callMeasures({}),
    search: () => history.search('hello', {}, page),
    said: () => history.countCalls({ said: 'hello', live: true }),
  };
  for (const [name, run] of Object.entries(queries)) {
    let calls = 0;
    database.db.$client.function('interruption_point', () => (calls++, 1));
    await run();
    expect(calls, name).toBeGreaterThan(0);
  }
});
