import { describe, expect, test } from 'vitest';
import { backfillText, progressPercent, rangeOf } from '../page/providers/backfill-text.ts';
import type { Backfill } from '../page/providers/documents.ts';

const NOW = Date.parse('2026-03-18T10:20:30.000Z');
const BACKFILL: Backfill = {
  provider: { id: 'vapi' },
  since: '2026-03-01T00:00:00.000Z',
  until: '2026-03-11T00:00:00.000Z',
  state: 'RUNNING',
  calls: 1,
  reached: null,
  message: null,
  requestedBy: 'ops',
};

describe('rangeOf', () => {
  test('includes both days, in local time', () => {
    const range = rangeOf('2026-01-31', '2026-02-01');
    expect(range).toEqual({
      since: new Date(2026, 0, 31).toISOString(),
      until: new Date(2026, 1, 2).toISOString(),
    });
  });

  test('ends now without a last day', () => {
    expect(rangeOf('2026-01-31', '')).toEqual({ since: new Date(2026, 0, 31).toISOString() });
  });

  test.each([
    ['', ''],
    ['2026-02-02', '2026-02-01'],
  ])('rejects the range from "%s" to "%s" with a sentence', (from, to) => {
    expect(rangeOf(from, to)).toEqual({ problem: expect.stringMatching(/^Enter .+\.$/) });
  });
});

test('the progress is the part of the time range, newest first', () => {
  expect(progressPercent(BACKFILL)).toBe(0);
  expect(progressPercent({ ...BACKFILL, reached: '2026-03-06T00:00:00.000Z' })).toBe(50);
  expect(progressPercent({ ...BACKFILL, reached: '2026-02-01T00:00:00.000Z' })).toBe(100);
  expect(progressPercent({ ...BACKFILL, state: 'DONE' })).toBe(100);
});

test('each state is a sentence', () => {
  const text = (change: Partial<Backfill>): string => backfillText({ ...BACKFILL, ...change }, NOW);
  expect(text({ reached: '2026-03-06T00:00:00.000Z' })).toMatch(
    /^Importing calls .+ started by ops: 1 call, back to .+ \(50 % of the time\)\.$/,
  );
  expect(text({ state: 'DONE', calls: 400 })).toMatch(/^Imported 400 calls /);
  expect(text({ state: 'STOPPED' })).toMatch(/interrupted by a restart after 1 call\.$/);
  expect(text({ state: 'FAILED', message: 'the API key is not valid.' })).toMatch(
    /: the API key is not valid\.$/,
  );
});
