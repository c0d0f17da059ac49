import { describe, expect, test } from 'vitest';
import {
  changeText,
  columnsOf,
  lengthText,
  percentOf,
  ticksOf,
  variablesOf,
} from '../page/overview/chart-data.ts';

const NOW = Date.parse('2026-03-18T10:20:30.000Z');

describe('what is counted', () => {
  test('is a range with whole points, and the one before it', () => {
    expect(variablesOf('7d', '', NOW)).toEqual({
      now: { createdAfter: '2026-03-12T00:00:00.000Z' },
      answered: { createdAfter: '2026-03-12T00:00:00.000Z', minDurationMs: 0 },
      before: { createdAfter: '2026-03-05T00:00:00.000Z', createdBefore: '2026-03-12T00:00:00.000Z' },
      bucket: 'DAY',
    });
  });

  test('is of one provider, where one is chosen', () => {
    const { now, answered, before } = variablesOf('24h', 'vapi', NOW);
    expect([now, answered, before].map(({ providerIds }) => providerIds)).toEqual([
      ['vapi'],
      ['vapi'],
      ['vapi'],
    ]);
  });
});

test('each point of a range has its column, also where nothing was counted', () => {
  const series = [
    { at: '2026-03-17T00:00:00.000Z', calls: 3, totalDurationMs: 0 },
    { at: '2026-03-18T00:00:00.000Z', calls: 5, totalDurationMs: 0 },
  ];
  expect(columnsOf(series, '7d', NOW).map(({ value }) => value)).toEqual([0, 0, 0, 0, 0, 3, 5]);
  expect(columnsOf([], '12m', NOW)).toHaveLength(12);
});

test('days are named as the API counts them, wherever the page is looked at', () => {
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
])('lines across a chart up to %i are round, few, and none is a part of a call', (largest, ticks) => {
  expect(ticksOf(largest)).toEqual(ticks);
});

test('a share of nothing is none', () => {
  expect([percentOf(1, 3), percentOf(0, 5), percentOf(0, 0)]).toEqual([33, 0, undefined]);
});

test('a change is told with its sign, where there was something before', () => {
  expect([changeText(12, 10), changeText(97, 100), changeText(10, 10)]).toEqual(['+20 %', '−3 %', '±0 %']);
  const none = [changeText(5, 0), changeText(5, null), changeText(null, 5), changeText(400, 8)];
  expect(none.filter((text) => text !== undefined)).toEqual([]);
});

test('lengths are told in what they are many of', () => {
  expect([0, 45_900, 60_000, 3_599_000, 11_520_000].map(lengthText)).toEqual([
    '0 s',
    '45 s',
    '1 min',
    '59 min',
    '3 h 12 min',
  ]);
});
