import { expect, test } from 'vitest';
import { pointsOf, RANGES, startBefore, startOf } from '../page/ui/ranges.ts';

const NOW = Date.parse('2026-03-31T10:20:30.000Z');
const iso = (at: number): string => new Date(at).toISOString();

test('a range has the points of the calendar, up to the one of now', () => {
  const ends = RANGES.map((range) => pointsOf(range, NOW)).map((points) => [
    points.length,
    iso(points.at(-1)!),
  ]);
  expect(ends).toEqual([
    [24, '2026-03-31T10:00:00.000Z'],
    [7, '2026-03-31T00:00:00.000Z'],
    [30, '2026-03-31T00:00:00.000Z'],
    [12, '2026-03-01T00:00:00.000Z'],
  ]);
});

test('months are as long as they are', () => {
  const months = pointsOf('12m', NOW).map(iso);
  expect(months.slice(0, 2)).toEqual(['2025-04-01T00:00:00.000Z', '2025-05-01T00:00:00.000Z']);
  expect(months.slice(-2)).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z']);
});

test('the range before ends where the range begins', () => {
  expect(iso(startOf('7d', NOW))).toBe('2026-03-25T00:00:00.000Z');
  expect(iso(startBefore('7d', NOW))).toBe('2026-03-18T00:00:00.000Z');
  expect(iso(startBefore('12m', NOW))).toBe('2024-04-01T00:00:00.000Z');
});
