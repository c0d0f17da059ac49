import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonExcess, isJsonTooDeep, MAX_JSON_DEPTH, MAX_JSON_VALUES, parseJson } from '../src/index.ts';

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
        const isDeep = levelsOf(JSON.parse(text)) > limit;
        expect([isJsonTooDeep(text, limit), isJsonTooDeep(new TextEncoder().encode(text), limit)]).toEqual([
          isDeep,
          isDeep,
        ]);
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

/** Counts the elements of all arrays and objects; an empty one counts as one. */
const valuesOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Math.max(1, Object.values(value).length) +
      Object.values(value).reduce<number>((sum, item) => sum + valuesOf(item), 0)
    : 0;

describe('the number of values of JSON', () => {
  it('is that of the parsed value, for any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const values = 1 + valuesOf(JSON.parse(text));
        const bytes = new TextEncoder().encode(text);
        for (const json of [text, bytes]) {
          expect(findJsonExcess(json, { depth: 10, values })).toBeUndefined();
          expect(findJsonExcess(json, { depth: 10, values: values - 1 })).toBe('values');
        }
      }),
    );
  });

  it.each(['1', '{}', '[]', '"a"', '{"":""}', ' '])('is limited for lists of %s', (item) => {
    const list = (length: number): string => `[${Array.from({ length }, () => item).join(',')}]`;
    expect(findJsonExcess(list(1001), { depth: 3, values: 1000 })).toBe('values');
    expect(findJsonExcess(list(333), { depth: 3, values: 1000 })).toBeUndefined();
  });

  it('is limited in whatever is parsed', () => {
    expect(parseJson(`[${'1,'.repeat(MAX_JSON_VALUES - 2)}1]`)).toHaveLength(MAX_JSON_VALUES - 1);
    expect(parseJson(`[${'1,'.repeat(MAX_JSON_VALUES)}1]`)).toBeUndefined();
  });
});
