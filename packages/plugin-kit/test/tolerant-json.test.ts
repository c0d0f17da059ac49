import fc from 'fast-check';
import {
  instantOf,
  listOf,
  getOwn,
  numberOf,
  objectOf,
  parseJson,
  definedFields,
  textOf,
} from '../src/index.ts';
import { describe, expect, it } from 'vitest';

describe('tolerant JSON readers', () => {
  it('never throw for any value', () => {
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
  ])('read %j as text %j', (value, text) => {
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
  ])('read %j as number %j', (value, number) => {
    expect(numberOf(value)).toBe(number);
  });

  it.each([
    [1_787_310_000_000, 1_787_310_000_000],
    [1_787_310_000_000.25, 1_787_310_000_000],
    ['1787310000000', 1_787_310_000_000],
    ['2026-08-21T09:00:00.000Z', Date.UTC(2026, 7, 21, 9)],
    ['2026-08-21 09:00:00.123456+00:00', Date.UTC(2026, 7, 21, 9, 0, 0, 123)],
    ['2026-08-21T14:30:00+0530', Date.UTC(2026, 7, 21, 9)],
    ['Fri, 21 Aug 2026 09:00:00 +0000', Date.UTC(2026, 7, 21, 9)],
    ['Fri Aug 21 2026 14:30:00 GMT+0530 (India Standard Time)', Date.UTC(2026, 7, 21, 9)],
    ['2026-08-21T09:00:00', undefined],
    ['2026-08-21 09:00:00', undefined],
    ['2026-08-21', undefined],
    ['08-2026', undefined],
    ['Aug 21 2026 09:00:00', undefined],
    [0, undefined],
    [1e300, undefined],
    ['soon', undefined],
    [null, undefined],
  ])('read %j as time %j', (value, instant) => {
    expect(instantOf(value)).toBe(instant);
  });

  it.each([
    ['2026-08-21 14:30:00', '+05:30', Date.UTC(2026, 7, 21, 9)],
    ['2026-08-21T14:30', '+05:30', Date.UTC(2026, 7, 21, 9)],
    ['2026-08-21 09:00:00.123456', 'Z', Date.UTC(2026, 7, 21, 9, 0, 0, 123)],
    ['2026-08-21 09:00:00Z', '+05:30', Date.UTC(2026, 7, 21, 9)],
    ['2026-08-21', 'Z', undefined],
    ['2026-13-41 09:00:00', 'Z', undefined],
  ])('read %j with the zone %s as time %j', (value, zone, instant) => {
    expect(instantOf(value, zone)).toBe(instant);
  });

  it('look up own properties only', () => {
    expect(getOwn({ a: 1 }, 'a')).toBe(1);
    for (const key of ['b', 'constructor', '__proto__', undefined])
      expect(getOwn({ a: 1 }, key)).toBeUndefined();
  });

  it('omit undefined fields and keep empty ones', () => {
    expect(definedFields({ a: 1, b: undefined, c: '', d: null })).toEqual({ a: 1, c: '', d: null });
    expect(Object.keys(definedFields({ b: undefined }))).toEqual([]);
  });
});
