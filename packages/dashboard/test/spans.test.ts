import { describe, expect, test } from 'vitest';
import { lineAt, spansOf, type TimedLine } from '../page/call/spans.ts';

const ANSWERED_AT = Date.parse('2026-01-05T09:00:00.000Z');
const line = (id: string, times: Partial<TimedLine>): TimedLine => ({
  id,
  text: 'Ten chars.',
  at: '2026-01-05T09:00:30.000Z',
  startMs: null,
  endMs: null,
  ...times,
});
/** The estimated duration of ten characters. */
const TEN_MS = 1050;
const spans = (...lines: TimedLine[]) =>
  spansOf(lines, ANSWERED_AT).map(({ id, fromMs, toMs }) => [id, fromMs, toMs]);

describe('spansOf', () => {
  test('uses a known start and end', () => {
    expect(spans(line('a', { startMs: 1000, endMs: 2500 }))).toEqual([['a', 1000, 2500]]);
  });

  test('estimates an unknown start from the end and the length of the text', () => {
    expect(spans(line('a', { endMs: 9000 }))).toEqual([['a', 9000 - TEN_MS, 9000]]);
  });

  test('does not estimate a start before the end of the previous line or before the answer', () => {
    expect(spans(line('a', { endMs: 500 }), line('b', { endMs: 1000 }))).toEqual([
      ['a', 0, 500],
      ['b', 500, 1000],
    ]);
  });

  test('allows overlap with the other party', () => {
    expect(spans(line('a', { startMs: 0, endMs: 5000 }), line('b', { endMs: 4000 }))).toEqual([
      ['a', 0, 5000],
      ['b', 4000 - TEN_MS, 4000],
    ]);
  });

  test('uses the time of arrival if start and end are unknown', () => {
    expect(spans(line('a', {}))).toEqual([['a', 30_000 - TEN_MS, 30_000]]);
    expect(spans(line('a', { at: '2026-01-05T08:59:00.000Z' }))).toEqual([['a', 0, 0]]);
  });

  test('estimates an unknown end from the length of the text', () => {
    expect(spans(line('a', { startMs: 1000 }))).toEqual([['a', 1000, 1000 + TEN_MS]]);
  });
});

describe('lineAt', () => {
  const lines = spansOf(
    [line('a', { startMs: 1000, endMs: 2000 }), line('b', { startMs: 3000, endMs: 4000 })],
    ANSWERED_AT,
  );

  test.each([
    [0, undefined],
    [1000, 'a'],
    [2500, 'a'],
    [3000, 'b'],
    [60_000, 'b'],
  ])('at %i ms returns %s', (ms, id) => {
    expect(lineAt(lines, ms)).toBe(id);
  });

  test('tolerates a seek that ends slightly too early', () => {
    expect(lineAt(lines, 2999.98)).toBe('b');
  });

  test('returns the line that started last, in any order of lines', () => {
    expect(lineAt(lines.toReversed(), 3500)).toBe('b');
  });
});
