import { expect, test } from 'vitest';
import { bucketStarts, RANGES, previousStart, rangeStart } from '../page/ui/ranges.ts';

const NOW = Date.parse('2026-03-31T10:20:30.000Z');
const iso = (at: number): string => new Date(at).toISOString();

test('a range has calendar buckets up to the current one', () => {
  const ends = RANGES.map((range) => bucketStarts(range, NOW)).map((points) => [
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

test('monthly buckets start on the first of the month', () => {
  const months = bucketStarts('12m', NOW).map(iso);
  expect(months.slice(0, 2)).toEqual(['2025-04-01T00:00:00.000Z', '2025-05-01T00:00:00.000Z']);
  expect(months.slice(-2)).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z']);
});

test('the previous range ends where the range starts', () => {
  expect(iso(rangeStart('7d', NOW))).toBe('2026-03-25T00:00:00.000Z');
  expect(iso(previousStart('7d', NOW))).toBe('2026-03-18T00:00:00.000Z');
  expect(iso(previousStart('12m', NOW))).toBe('2024-04-01T00:00:00.000Z');
});
