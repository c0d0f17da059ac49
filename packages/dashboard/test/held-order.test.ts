import { describe, expect, test } from 'vitest';
import type { BoardCall } from '../page/board/board-state.ts';
import { createHeldOrder } from '../page/board/rows/held-order.ts';
import { rowAfterKey } from '../page/board/rows/row-keys.ts';

const call = (id: string, change: Partial<BoardCall> = {}) => ({ id, isLive: true, ...change }) as BoardCall;
const mapOf = (calls: readonly BoardCall[]) => new Map(calls.map((each) => [each.id, each]));
const idsOf = (rows: readonly BoardCall[]) => rows.map(({ id }) => id).join('');
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => call(id)) as [
  BoardCall,
  BoardCall,
  BoardCall,
  BoardCall,
];

describe('the order of the rows', () => {
  test('follows the calls while it is not held', () => {
    const order = createHeldOrder();
    expect(idsOf(order.next([a, b], mapOf([a, b]), false).rows)).toBe('ab');
    expect(idsOf(order.next([c, b], mapOf([b, c]), false).rows)).toBe('cb');
  });

  test('is kept while it is held, and new calls are counted', () => {
    const order = createHeldOrder();
    order.next([a, b], mapOf([a, b]), false);
    const { rows, newCount } = order.next([d, b, c, a], mapOf([a, b, c, d]), true);
    expect([idsOf(rows), newCount]).toEqual(['ab', 2]);
    expect(idsOf(order.next([d, b, c, a], mapOf([a, b, c, d]), false).rows)).toBe('dbca');
  });

  test('keeps the row of a call that ends, with its last state', () => {
    const order = createHeldOrder();
    order.next([a, b], mapOf([a, b]), true);
    const ended = call('a', { isLive: false });
    order.next([ended, b], mapOf([ended, b]), true);
    const { rows } = order.next([b], mapOf([b]), true);
    expect(idsOf(rows)).toBe('ab');
    expect(rows[0]).toBe(ended);
  });

  test('shows changes of a held call', () => {
    const order = createHeldOrder();
    order.next([a, b], mapOf([a, b]), true);
    const spoke = call('b', { tags: ['vip'] });
    expect(order.next([spoke, a], mapOf([a, spoke]), true).rows[1]).toBe(spoke);
  });

  test('shows new calls on demand, and is held again from then on', () => {
    const order = createHeldOrder();
    order.next([a], mapOf([a]), true);
    order.release();
    expect(idsOf(order.next([b, a], mapOf([a, b]), true).rows)).toBe('ba');
    expect(idsOf(order.next([c, b, a], mapOf([a, b, c]), true).rows)).toBe('ba');
  });
});

test.each([
  ['ArrowDown', 4, 5],
  ['ArrowDown', 99, 99],
  ['ArrowUp', 0, 0],
  ['PageDown', 4, 13],
  ['PageUp', 4, 0],
  ['Home', 50, 0],
  ['End', 50, 99],
  ['a', 4, undefined],
])('%s moves the focus from row %d to %s', (key, index, expected) => {
  expect(rowAfterKey(key, { index, count: 100, pageRows: 10 })).toBe(expected);
});
