import { expect, test } from 'vitest';
import { NO_FILTER, filterCalls, SORT_ORDERS, type BoardFilter } from '../page/board/view/board-filter.ts';
import { EMPTY_BOARD, applyUpdates, type BoardCall } from '../page/board/board-state.ts';
import type { LiveCall } from '../page/board/documents.ts';
import { callOf } from './support/calls.ts';

function boardCall(id: string, change: Partial<LiveCall>): BoardCall {
  const call = callOf(id, { from: null, to: null, ...change });
  return applyUpdates(EMPTY_BOARD, [{ __typename: 'LiveCallChanged', cursor: 'c', call }], 0).calls.get(id)!;
}

const line = { id: 'u', party: 'CUSTOMER' as const, text: 'My tap drips.', at: '2026-01-05T09:00:09.000Z' };
const CALLS = [
  boardCall('old', { from: '+15005550001', createdAt: '2026-01-05T09:00:00.000Z', tags: ['vip'] }),
  boardCall('new', {
    from: '+919000000002',
    createdAt: '2026-01-05T09:05:00.000Z',
    provider: { id: 'vobiz', displayName: 'Vobiz' },
  }),
  boardCall('mid', {
    to: '+15005550777',
    createdAt: '2026-01-05T09:02:00.000Z',
    status: 'RINGING',
    assistant: { name: 'Nova' },
    utterances: { nodes: [line] },
  }),
];
const idsFor = (filter: Partial<BoardFilter>): string[] =>
  filterCalls(CALLS, { ...NO_FILTER, ...filter }).map(({ id }) => id);

test.each<[Partial<BoardFilter>, string[]]>([
  [{}, ['old', 'mid', 'new']],
  [{ sort: 'newest' }, ['new', 'mid', 'old']],
  [{ sort: 'provider' }, ['old', 'mid', 'new']],
  [{ sort: 'caller' }, ['mid', 'old', 'new']],
  [{ provider: 'vobiz' }, ['new']],
  [{ status: 'RINGING' }, ['mid']],
  [{ text: '500 555-0001' }, ['old']],
  [{ text: '0001' }, ['old']],
  [{ text: '\u202A+1500\u00A0555\u20110001\u202C' }, ['old']],
  [{ text: '0015005550001' }, ['old']],
  [{ text: '05005550001' }, ['old']],
  [{ text: '१५००५५५०००१' }, ['old']],
  [{ text: 'tel:+1-500-555-0001' }, ['old']],
  [{ text: '0777' }, ['mid']],
  [{ text: 'nova' }, ['mid']],
  [{ text: 'TAP' }, ['mid']],
  [{ text: 'vip' }, ['old']],
  [{ text: '  ' }, ['old', 'mid', 'new']],
  [{ text: 'nobody' }, []],
])('%j shows %j', (filter, ids) => {
  expect(idsFor(filter)).toEqual(ids);
});

test('speech does not move a row in any sort order', () => {
  const talking = CALLS.map((call): BoardCall => ({
    ...call,
    speaking: ['CUSTOMER'],
    line: { ...line, text: call.id },
  }));
  for (const sort of Object.keys(SORT_ORDERS) as BoardFilter['sort'][]) {
    const filter = { ...NO_FILTER, sort };
    expect(filterCalls(talking, filter).map(({ id }) => id)).toEqual(
      filterCalls(CALLS, filter).map(({ id }) => id),
    );
  }
});
