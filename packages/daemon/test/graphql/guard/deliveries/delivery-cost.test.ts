import { expect, test } from 'vitest';
import { costOfResult } from '../../../../src/graphql/guard/deliveries/delivery-cost.ts';

test.each([
  ['no data', null, 0],
  ['fields', { a: 1, b: null, c: 'text' }, 3],
  ['nested fields', { a: { b: { c: 1 } } }, 3],
  ['items of lists and their fields', { nodes: [{ id: '1' }, { id: '2' }] }, 5],
  ['lists of lists', [[1, 2], [3]], 5],
  ['long texts', { text: 'x'.repeat(5120) }, 11],
  ['JSON values', { providerData: { list: [{ deep: true }] } }, 4],
])('counts %s', (_what, data, cost) => {
  expect(costOfResult(data)).toBe(cost);
});
