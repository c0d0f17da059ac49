import { describe, expect, test } from 'vitest';
import { lineAt, spansOf, type Said } from '../page/call/spans.ts';

const ANSWERED_AT = Date.parse('2026-01-05T09:00:00.000Z');
const line = (id: string, times: Partial<Said>): Said => ({
  id,
  text: 'Ten chars.',
  at: '2026-01-05T09:00:30.000Z',
  startMs: null,
  endMs: null,
  ...times,
});
/** What ten characters are taken for. */
const TEN_MS = 1050;
const spans = (...lines: Said[]) =>
  spansOf(lines, ANSWERED_AT).map(({ id, fromMs, toMs }) => [id, fromMs, toMs]);

describe('when a line was said', () => {
  test('is what is told of it', () => {
    expect(spans(line('a', { startMs: 1000, endMs: 2500 }))).toEqual([['a', 1000, 2500]]);
  });

  test('begins as long before its end as its words take', () => {
    expect(spans(line('a', { endMs: 9000 }))).toEqual([['a', 9000 - TEN_MS, 9000]]);
  });

  test('does not begin before the line before has ended, nor before the call', () => {
    expect(spans(line('a', { endMs: 500 }), line('b', { endMs: 1000 }))).toEqual([
      ['a', 0, 500],
      ['b', 500, 1000],
    ]);
  });

  test('may overlap what the other party says meanwhile', () => {
    expect(spans(line('a', { startMs: 0, endMs: 5000 }), line('b', { endMs: 4000 }))).toEqual([
      ['a', 0, 5000],
      ['b', 4000 - TEN_MS, 4000],
    ]);
  });

  test('ends when its words came, where nothing is told', () => {
    expect(spans(line('a', {}))).toEqual([['a', 30_000 - TEN_MS, 30_000]]);
    expect(spans(line('a', { at: '2026-01-05T08:59:00.000Z' }))).toEqual([['a', 0, 0]]);
  });

  test('lasts as long as its words, where no end is told', () => {
    expect(spans(line('a', { startMs: 1000 }))).toEqual([['a', 1000, 1000 + TEN_MS]]);
  });
});

describe('the line that is heard', () => {
  const said = spansOf(
    [line('a', { startMs: 1000, endMs: 2000 }), line('b', { startMs: 3000, endMs: 4000 })],
    ANSWERED_AT,
  );

  test.each([
    [0, undefined],
    [1000, 'a'],
    [2500, 'a'],
    [3000, 'b'],
    [60_000, 'b'],
  ])('at %i ms is %s', (ms, id) => {
    expect(lineAt(said, ms)).toBe(id);
  });

  test('is the one that was sought, also when the seek ends a little before it', () => {
    expect(lineAt(said, 2999.98)).toBe('b');
  });

  test('is the one that began last, in whatever order they stand', () => {
    expect(lineAt(said.toReversed(), 3500)).toBe('b');
  });
});
