import { describe, expect, test } from 'vitest';
import {
  EMPTY_QUERY,
  toCallFilter,
  historyHref,
  numberError,
  numberHint,
  quoted,
  toCallOrder,
  formatSearch,
  parseSearch,
  type SearchQuery,
} from '../page/history/search-query.ts';

import { rangeStart } from '../page/ui/ranges.ts';

const NOW = Date.parse('2026-03-18T10:20:30.000Z');
const FULL: SearchQuery = {
  said: 'two words & "more"',
  number: '+1 (500) 555-0001',
  tag: 'billing, vip',
  provider: 'vapi',
  assistant: 'Nova',
  outcome: 'CUSTOMER_ENDED',
  direction: 'OUTBOUND',
  min: '1.5',
  max: '10',
  order: 'longest',
  when: 'dates',
  from: '2026-01-31',
  to: '2026-02-01',
};
const filter = (query: Partial<SearchQuery>) => toCallFilter({ ...EMPTY_QUERY, ...query }, NOW);

describe('formatSearch and parseSearch', () => {
  test('round-trip a full query', () => {
    expect(parseSearch(formatSearch(FULL))).toEqual(FULL);
  });

  test('format an empty query as an empty string', () => {
    expect([formatSearch(EMPTY_QUERY), historyHref({})]).toEqual(['', '/history']);
  });

  test('normalise the order and ignore unknown parameters', () => {
    expect(formatSearch(parseSearch('provider=vapi&x=1&said=hello'))).toBe('said=hello&provider=vapi');
  });

  test('omit dates without a custom range, and blank values', () => {
    expect(formatSearch({ ...FULL, when: '7d', said: '  ', number: '', tag: '' })).toBe(
      'provider=vapi&assistant=Nova&outcome=CUSTOMER_ENDED&direction=OUTBOUND&min=1.5&max=10&order=longest&when=7d',
    );
  });

  test.each([
    'outcome=HAPPY',
    'outcome=toString',
    'direction=UP',
    'when=9d',
    'from=yesterday',
    'to=2026-99-99',
  ])('ignore the invalid value %s', (search) => {
    expect(parseSearch(search)).toEqual(EMPTY_QUERY);
  });
});

describe('toCallFilter', () => {
  test('is empty for an empty query', () => {
    expect(filter({})).toEqual({});
  });

  test('converts each part of the query', () => {
    expect(filter({ ...FULL, when: '' })).toEqual({
      providerIds: ['vapi'],
      assistants: ['Nova'],
      endCategories: ['CUSTOMER_ENDED'],
      directions: ['OUTBOUND'],
      tags: ['billing', 'vip'],
      number: '+1 (500) 555-0001',
      minDurationMs: 90_000,
      maxDurationMs: 600_000,
    });
  });

  test('converts the outcome LIVE to a filter for live calls', () => {
    expect(filter({ outcome: 'LIVE' })).toEqual({ live: true });
  });

  test('converts dates to local midnights, the last day included', () => {
    const { createdAfter, createdBefore } = filter(FULL);
    expect(new Date(createdAfter!)).toEqual(new Date(2026, 0, 31));
    expect(new Date(createdBefore!)).toEqual(new Date(2026, 1, 2));
  });

  test('omits a missing date', () => {
    expect(Object.keys(filter({ when: 'dates', to: '2026-01-31' }))).toEqual(['createdBefore']);
  });

  test('aligns ranges with the buckets of the overview', () => {
    for (const when of ['24h', '7d', '12m'] as const)
      expect(filter({ when })).toEqual({ createdAfter: new Date(rangeStart(when, NOW)).toISOString() });
  });

  test('a time from a chart is the time itself, also as the end', () => {
    const query = parseSearch('when=dates&from=2026-01-31T14:00&to=2026-01-31T15:00');
    const { createdAfter, createdBefore } = filter(query);
    expect(new Date(createdAfter!)).toEqual(new Date(2026, 0, 31, 14));
    expect(new Date(createdBefore!)).toEqual(new Date(2026, 0, 31, 15));
  });

  test.each(['5678', '\u202A+15005559417\u202C', '٥٦٧٨', 'tel:+15005559417'])(
    'sends the number %j as typed',
    (number) => {
      expect(filter({ number })).toEqual({ number });
    },
  );

  test('omits a length that is not a number', () => {
    expect(filter({ min: 'x', max: '1e9' })).toEqual({});
    expect(parseSearch('min=-1&max=1:30&order=other')).toEqual(EMPTY_QUERY);
  });

  test('omits an invalid number', () => {
    expect(filter({ number: '+' })).toEqual({});
    expect(filter({ number: 'abc1' })).toEqual({});
  });
});

test('the order is that of the API', () => {
  expect(toCallOrder({ order: '' })).toBeNull();
  expect(toCallOrder({ order: 'shortest' })).toEqual({ field: 'DURATION', direction: 'ASC' });
});

test('fewer digits than the last four are explained', () => {
  expect(['567', '5678', '+15', '', 'abc'].map(numberHint)).toEqual([
    'Last digits are found from 4 digits on.',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a phrase in quotes is not enclosed in quotes again', () => {
  expect(['lazy dog', '"lazy dog"', 'the “lazy dog”'].map(quoted)).toEqual([
    '“lazy dog”',
    '"lazy dog"',
    'the “lazy dog”',
  ]);
});

test('numberError accepts digits with punctuation', () => {
  expect(['', '+1 500.555-0001', '(089) 1'].map(numberError)).toEqual([undefined, undefined, undefined]);
  expect(['abc', '1'.repeat(21)].map(numberError)).toEqual([expect.any(String), expect.any(String)]);
});
