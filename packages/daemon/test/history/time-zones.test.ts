import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withEmptyBuckets, type BucketTotals } from '../../src/history/stats-bucket.ts';
import { checkTimeZone, instantOf, offsetAt, offsetRanges } from '../../src/history/time-zones.ts';

const HOUR = 3_600_000;
const zones = fc.constantFrom(
  'UTC',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Pacific/Apia',
);
const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });

describe('a time zone', () => {
  test.each([
    ['Asia/Kolkata', '2026-01-01T00:00:00Z', 5.5],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 5.75],
    ['Europe/Berlin', '2026-01-01T00:00:00Z', 1],
    ['Europe/Berlin', '2026-07-01T00:00:00Z', 2],
    ['America/New_York', '2026-03-08T06:59:59.999Z', -5],
    ['America/New_York', '2026-03-08T07:00:00Z', -4],
  ])('%s has its offset at %s', (zone, at, hours) => {
    expect(offsetAt(zone, Date.parse(at))).toBe(hours * HOUR);
  });

  test('is known by its name', () => {
    expect(checkTimeZone('timeZone', 'America/Argentina/Buenos_Aires')).toBe(
      'America/Argentina/Buenos_Aires',
    );
    for (const name of ['', 'Mars/Olympus', '+05:30', 'x'.repeat(100)])
      expect(() => checkTimeZone('timeZone', name)).toThrow(
        expect.objectContaining({ code: 'INPUT_INVALID' }),
      );
  });

  test('is divided into ranges of one offset', () => {
    fc.assert(
      fc.property(zones, instants, instants, (zone, a, b) => {
        const [from, until] = [Math.min(+a, +b), Math.max(+a, +b)];
        const ranges = offsetRanges(zone, from, until);
        if (from === until) return expect(ranges).toEqual([]);
        expect([ranges[0]!.from, ranges.at(-1)!.until]).toEqual([from, until]);
        for (const [i, range] of ranges.entries()) {
          if (i > 0) {
            expect(range.from).toBe(ranges[i - 1]!.until);
            expect(range.offsetMs).not.toBe(ranges[i - 1]!.offsetMs);
          }
          for (const at of [range.from, range.until - 1, (range.from + range.until) / 2])
            expect(offsetAt(zone, Math.floor(at))).toBe(range.offsetMs);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('maps local times to instants', () => {
    fc.assert(
      fc.property(zones, instants, (zone, date) => {
        const at = instantOf(zone, +date + offsetAt(zone, +date));
        // The first of two instants, if a local time occurs twice.
        expect(at + offsetAt(zone, at)).toBe(+date + offsetAt(zone, +date));
        expect(at).toBeLessThanOrEqual(+date);
      }),
    );
    // Midnight is skipped in Cairo, and occurs twice in Havana.
    expect(new Date(instantOf('Africa/Cairo', Date.UTC(2024, 3, 26))).toISOString()).toBe(
      '2024-04-25T22:00:00.000Z',
    );
    expect(new Date(instantOf('America/Havana', Date.UTC(2024, 10, 3))).toISOString()).toBe(
      '2024-11-03T04:00:00.000Z',
    );
  });
});

describe('empty buckets', () => {
  const between = (bucket: 'HOUR' | 'DAY' | 'MONTH', zone: string, from: string, until: string): string[] => {
    const at = (text: string): BucketTotals => ({ at: Date.parse(text), calls: 1, durationMs: 0 });
    return withEmptyBuckets(bucket, [at(from), at(until)], zone).map((each) =>
      new Date(each.at).toISOString().slice(0, 16),
    );
  };

  test('are those of the calendar across changes of the offset', () => {
    expect(between('DAY', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-30T22:00:00Z')).toEqual([
      '2026-03-28T23:00',
      '2026-03-29T22:00',
      '2026-03-30T22:00',
    ]);
    expect(between('DAY', 'Africa/Cairo', '2024-04-24T22:00:00Z', '2024-04-26T21:00:00Z')).toEqual([
      '2024-04-24T22:00',
      '2024-04-25T22:00',
      '2024-04-26T21:00',
    ]);
    expect(between('HOUR', 'Europe/Berlin', '2026-10-24T23:00:00Z', '2026-10-25T02:00:00Z')).toEqual([
      '2026-10-24T23:00',
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
    ]);
    expect(between('MONTH', 'Asia/Kolkata', '2025-12-31T18:30:00Z', '2026-02-28T18:30:00Z')).toEqual([
      '2025-12-31T18:30',
      '2026-01-31T18:30',
      '2026-02-28T18:30',
    ]);
  });
});
