import { describe, expect, test } from 'vitest';
import {
  changeText,
  columnsOf,
  longDurationText,
  percentOf,
  ticksOf,
  variablesOf,
} from '../page/overview/chart-data.ts';

const NOW = Date.parse('2026-03-18T10:20:30.000Z');

describe('variablesOf', () => {
  test('covers a range of whole buckets and the previous range', () => {
    expect(variablesOf('7d', '', NOW)).toEqual({
      now: { createdAfter: '2026-03-12T00:00:00.000Z' },
      answered: { createdAfter: '2026-03-12T00:00:00.000Z', minDurationMs: 0 },
      before: { createdAfter: '2026-03-05T00:00:00.000Z', createdBefore: '2026-03-12T00:00:00.000Z' },
      bucket: 'DAY',
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
  const series = [
    { at: '2026-03-17T00:00:00.000Z', calls: 3, totalDurationMs: 0 },
    { at: '2026-03-18T00:00:00.000Z', calls: 5, totalDurationMs: 0 },
  ];
  expect(columnsOf(series, '7d', NOW).map(({ value }) => value)).toEqual([0, 0, 0, 0, 0, 3, 5]);
  expect(columnsOf([], '12m', NOW)).toHaveLength(12);
});

test('names days in UTC', () => {
  const [first] = columnsOf([], '30d', Date.parse('2026-03-30T23:59:00.000Z'));
  expect(first!.name).toMatch(/\b1\b/);
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
