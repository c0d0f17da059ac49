import fc from 'fast-check';
import { instantOf, listOf, lookUp, numberOf, objectOf, parseJson, present, textOf } from '../src/index.ts';
import { describe, expect, it } from 'vitest';

describe('reading what others wrote', () => {
  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const read of [objectOf, listOf, textOf, numberOf, instantOf]) read(value);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseJson(text)));
  });

  it.each([
    ['  a ', 'a'],
    ['', undefined],
    ['   ', undefined],
    [7, undefined],
    [null, undefined],
  ])('takes %j as the text %j', (value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it.each([
    [7, 7],
    ['7', 7],
    ['-0.5', -0.5],
    ['0x10', undefined],
    ['1e9', undefined],
    ['', undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [true, undefined],
  ])('takes %j as the number %j', (value, number) => {
    expect(numberOf(value)).toBe(number);
  });

  it.each([
    [1_787_310_000_000, 1_787_310_000_000],
    [1_787_310_000_000.25, 1_787_310_000_000],
    ['1787310000000', 1_787_310_000_000],
    ['2026-08-21T09:00:00.000Z', Date.UTC(2026, 7, 21, 9)],
    [0, undefined],
    [1e300, undefined],
    ['soon', undefined],
    [null, undefined],
  ])('takes %j as the instant %j', (value, instant) => {
    expect(instantOf(value)).toBe(instant);
  });

  it('finds only the words that a table has, not those that every object has', () => {
    expect(lookUp({ a: 1 }, 'a')).toBe(1);
    for (const word of ['b', 'constructor', '__proto__', undefined])
      expect(lookUp({ a: 1 }, word)).toBeUndefined();
  });

  it('leaves out fields without a value, and keeps those that are empty', () => {
    expect(present({ a: 1, b: undefined, c: '', d: null })).toEqual({ a: 1, c: '', d: null });
    expect(Object.keys(present({ b: undefined }))).toEqual([]);
  });
});
