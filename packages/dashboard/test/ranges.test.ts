import { expect, test } from 'vitest';
import { bucketStarts, RANGES, previousStart, rangeStart, viewerTimeZone } from '../page/ui/ranges.ts';
import { inTimeZone } from './support/time-zone.ts';

const NOW = Date.parse('2026-03-31T10:20:30.000Z');
const iso = (at: number): string => new Date(at).toISOString();

test('a range has calendar buckets up to the current one', () => {
  inTimeZone('UTC', () => {
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
});

test('monthly buckets start on the first of the month', () => {
  inTimeZone('UTC', () => {
    const months = bucketStarts('12m', NOW).map(iso);
    expect(months.slice(0, 2)).toEqual(['2025-04-01T00:00:00.000Z', '2025-05-01T00:00:00.000Z']);
    expect(months.slice(-2)).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z']);
  });
});

test('the previous range ends where the range starts', () => {
  inTimeZone('UTC', () => {
    expect(iso(rangeStart('7d', NOW))).toBe('2026-03-25T00:00:00.000Z');
    expect(iso(previousStart('7d', NOW))).toBe('2026-03-18T00:00:00.000Z');
    expect(iso(previousStart('12m', NOW))).toBe('2024-04-01T00:00:00.000Z');
  });
});

test.each([
  // The evening of the 30th in New York is the 31st in UTC.
  ['America/New_York', '2026-03-31T01:20:30.000Z', ['2026-03-31T01:00:00.000Z', '2026-03-30T04:00:00.000Z']],
  // Hours start at half past in UTC.
  ['Asia/Kolkata', '2026-03-31T10:20:30.000Z', ['2026-03-31T09:30:00.000Z', '2026-03-30T18:30:00.000Z']],
])('hours and days are those of the viewer in %s', (zone, now, starts) => {
  inTimeZone(zone, () => {
    expect([zone, 'Asia/Calcutta']).toContain(viewerTimeZone());
    const current = (['24h', '7d'] as const).map((range) =>
      iso(bucketStarts(range, Date.parse(now)).at(-1)!),
    );
    expect(current).toEqual(starts);
  });
});

test('a day with a change of the clock is one bucket', () => {
  inTimeZone('Europe/Berlin', () => {
    const days = bucketStarts('7d', Date.parse('2026-03-31T10:00:00.000Z'));
    const lengths = days.slice(1).map((at, i) => (at - days[i]!) / 3_600_000);
    expect(lengths).toHaveLength(6);
    expect(lengths.filter((hours) => hours === 23)).toHaveLength(1);
  });
});
