import { describe, expect, test } from 'vitest';
import {
  changeText,
  columnsOf,
  longDurationText,
  MAX_PARTS,
  partsOf,
  percentOf,
  ticksOf,
  variablesOf,
} from '../page/overview/chart-data.ts';

import { inTimeZone } from './support/time-zone.ts';

const NOW = Date.parse('2026-03-18T10:20:30.000Z');

describe('variablesOf', () => {
  test('covers a range of whole buckets and the previous range', () => {
    inTimeZone('Asia/Kolkata', () => {
      expect(variablesOf('7d', '', NOW, 'PROVIDER')).toEqual({
        now: { createdAfter: '2026-03-11T18:30:00.000Z' },
        answered: { createdAfter: '2026-03-11T18:30:00.000Z', minDurationMs: 0 },
        before: { createdAfter: '2026-03-04T18:30:00.000Z', createdBefore: '2026-03-11T18:30:00.000Z' },
        bucket: 'DAY',
        timeZone: expect.stringMatching(/^Asia\/(Kolkata|Calcutta)$/),
        splitBy: 'PROVIDER',
      });
    });
  });

  test('filters by provider', () => {
    const { now, answered, before } = variablesOf('24h', 'vapi', NOW);
    expect([now, answered, before].map(({ providerIds }) => providerIds)).toEqual([
      ['vapi'],
      ['vapi'],
      ['vapi'],
    ]);
  });
});

test('returns a column for each bucket, also for those without calls', () => {
  const day = (date: number) => new Date(2026, 2, date).toISOString();
  const series = [
    { at: day(17), calls: 3, totalDurationMs: 0 },
    { at: day(18), calls: 5, totalDurationMs: 0 },
  ];
  expect(columnsOf(series, '7d', NOW).map(({ value }) => value)).toEqual([0, 0, 0, 0, 0, 3, 5]);
  expect(columnsOf([], '12m', NOW)).toHaveLength(12);
});

test('a column ends where the next one starts, for the link to its calls', () => {
  const columns = columnsOf([], '7d', NOW);
  expect(columns[0]!.until).toBe(columns[1]!.at);
  expect(columns.at(-1)!.until).toBeUndefined();
});

test('a split series has a value of each part, and the smallest parts together', () => {
  const at = new Date(2026, 2, 18).toISOString();
  const split = Array.from({ length: MAX_PARTS + 1 }, (_, i) => ({
    key: i === 0 ? null : `p${i}`,
    calls: 10 - i,
    points: [{ at, calls: 10 - i }],
  }));
  const parts = partsOf(split, (key) => key ?? 'none');
  expect(parts.map(({ label }) => label)).toEqual(['none', 'p1', 'p2', 'p3', '2 others']);
  const points = parts.map((part) => part.points);
  const [last] = columnsOf([{ at, calls: 45, totalDurationMs: 0 }], '7d', NOW, points).slice(-1);
  expect(last!.values).toEqual([10, 9, 8, 7, 11]);
});

test('parts without a rest keep their own labels', () => {
  expect(partsOf([{ key: 'a', calls: 1, points: [] }], () => 'A')).toEqual([
    { key: 'a', label: 'A', points: [] },
  ]);
});

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [178, [0, 50, 100, 150, 200]],
  [1000, [0, 500, 1000]],
  [4001, [0, 2000, 4000, 6000]],
])('the ticks for a maximum of %i are round, few and whole numbers', (largest, ticks) => {
  expect(ticksOf(largest)).toEqual(ticks);
});

test('percentOf returns undefined for a total of 0', () => {
  expect([percentOf(1, 3), percentOf(0, 5), percentOf(0, 0)]).toEqual([33, 0, undefined]);
});

test('changeText shows a sign and requires a previous value', () => {
  expect([changeText(12, 10), changeText(97, 100), changeText(10, 10)]).toEqual(['+20 %', '−3 %', '±0 %']);
  const none = [changeText(5, 0), changeText(5, null), changeText(null, 5), changeText(400, 8)];
  expect(none.filter((text) => text !== undefined)).toEqual([]);
});

test('longDurationText uses the two largest units', () => {
  expect([0, 45_900, 60_000, 3_599_000, 11_520_000].map(longDurationText)).toEqual([
    '0 s',
    '45 s',
    '1 min',
    '59 min',
    '3 h 12 min',
  ]);
});
