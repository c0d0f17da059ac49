import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonTooDeep, MAX_JSON_DEPTH, parseJson } from '../src/index.ts';

/** Counts the levels of a parsed value. */
const levelsOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map((item) => levelsOf(item)))
    : 0;

const nested = (open: string, close: string, depth: number, core = ''): string =>
  open.repeat(depth) + core + close.repeat(depth);

describe('the depth of JSON', () => {
  it('is that of the parsed value, for any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat({ max: 8 }), (text, limit) => {
        expect(isJsonTooDeep(text, limit)).toBe(levelsOf(JSON.parse(text)) > limit);
      }),
    );
  });

  it.each([
    ['"[[[["', 0],
    [String.raw`["\"[[", "\\"]`, 1],
    [String.raw`{"a\\\"[[":{"b":"]]"}}`, 2],
    ['[[', 2],
    ['"[', 0],
    [']]][', 0],
  ])('of %s is %d', (text, depth) => {
    expect([isJsonTooDeep(text, depth - 1), isJsonTooDeep(text, depth)]).toEqual([depth > 0, false]);
  });

  it.each([
    ['[', ']', ''],
    ['{"a":', '}', '1'],
    ['[{"":', '}]', 'null'],
  ])('is limited when %s is nested', (open, close, core) => {
    const perLevel = open.replaceAll(/[^[{]/g, '').length;
    const most = MAX_JSON_DEPTH / perLevel;
    expect(parseJson(nested(open, close, most, core))).toBeDefined();
    for (const depth of [most + 1, 6000, 1_000_000]) {
      expect(parseJson(nested(open, close, depth, core))).toBeUndefined();
    }
  });

  it('is measured in one pass over escapes and unterminated strings', () => {
    const length = 2_000_000;
    expect(isJsonTooDeep('"' + '\\'.repeat(length))).toBe(false);
    expect(isJsonTooDeep('"' + String.raw`\"`.repeat(length / 2))).toBe(false);
    expect(isJsonTooDeep('""'.repeat(length / 2))).toBe(false);
  });
});
