import { describe, expect, test } from 'vitest';
import {
  EMPTY_QUERY,
  toCallFilter,
  historyHref,
  numberError,
  formatSearch,
  parseSearch,
  type SearchQuery,
} from '../page/history/search-query.ts';

const NOW = Date.parse('2026-03-18T10:20:30.000Z');
const FULL: SearchQuery = {
  said: 'two words & "more"',
  number: '+1 (500) 555-0001',
  tag: 'billing, vip',
  provider: 'vapi',
  outcome: 'CUSTOMER_ENDED',
  direction: 'OUTBOUND',
  when: 'dates',
  from: '2026-01-31',
  to: '2026-02-01',
};
const filter = (query: Partial<SearchQuery>) => toCallFilter({ ...EMPTY_QUERY, ...query }, NOW);

describe('the address of a search', () => {
  test('says all of it, and gives it back', () => {
    expect(parseSearch(formatSearch(FULL))).toEqual(FULL);
  });

  test('is bare when nothing is looked for', () => {
    expect([formatSearch(EMPTY_QUERY), historyHref({})]).toEqual(['', '/history']);
  });

  test('is the same for the same search, however it was written', () => {
    expect(formatSearch(parseSearch('provider=vapi&x=1&said=hello'))).toBe('said=hello&provider=vapi');
  });

  test('leaves out days that do not count, and blanks', () => {
    expect(formatSearch({ ...FULL, when: '7d', said: '  ', number: '', tag: '' })).toBe(
      'provider=vapi&outcome=CUSTOMER_ENDED&direction=OUTBOUND&when=7d',
    );
  });

  test.each([
    'outcome=HAPPY',
    'outcome=toString',
    'direction=UP',
    'when=9d',
    'from=yesterday',
    'to=2026-99-99',
  ])('with %s, which cannot be, is passed over', (search) => {
    expect(parseSearch(search)).toEqual(EMPTY_QUERY);
  });
});

describe('what is asked for', () => {
  test('is nothing where nothing is looked for', () => {
    expect(filter({})).toEqual({});
  });

  test('is each part of the search that is there', () => {
    expect(filter({ ...FULL, when: '' })).toEqual({
      providerIds: ['vapi'],
      endCategories: ['CUSTOMER_ENDED'],
      directions: ['OUTBOUND'],
      tags: ['billing', 'vip'],
      number: '+1 (500) 555-0001',
    });
  });

  test('is live calls, where the outcome is that there is none', () => {
    expect(filter({ outcome: 'LIVE' })).toEqual({ live: true });
  });

  test('is days from midnight to midnight where one is, the last included', () => {
    const { createdAfter, createdBefore } = filter(FULL);
    expect(new Date(createdAfter!)).toEqual(new Date(2026, 0, 31));
    expect(new Date(createdBefore!)).toEqual(new Date(2026, 1, 2));
  });

  test('is open at the end that is not given', () => {
    expect(Object.keys(filter({ when: 'dates', to: '2026-01-31' }))).toEqual(['createdBefore']);
  });

  test('is a range with whole points, as the overview counts them', () => {
    expect(filter({ when: '24h' })).toEqual({ createdAfter: '2026-03-17T11:00:00.000Z' });
    expect(filter({ when: '7d' })).toEqual({ createdAfter: '2026-03-12T00:00:00.000Z' });
    expect(filter({ when: '12m' })).toEqual({ createdAfter: '2025-04-01T00:00:00.000Z' });
  });

  test('is no number that is none', () => {
    expect(filter({ number: '+' })).toEqual({});
    expect(filter({ number: 'abc1' })).toEqual({});
  });
});

test('a number is digits, with what people put between them', () => {
  expect(['', '+1 500.555-0001', '(089) 1'].map(numberError)).toEqual([undefined, undefined, undefined]);
  expect(['abc', '1'.repeat(21)].map(numberError)).toEqual([expect.any(String), expect.any(String)]);
});
