import { expect, test } from 'vitest';
import { PendingClients } from '../../../src/http/limits/pending-clients.ts';

function create(total: number, perNetwork: number) {
  const pool = new PendingClients({ total, perNetwork });
  const closed: string[] = [];
  const add = (name: string) => pool.add(name[0]!, () => closed.push(name));
  return { pool, closed, add };
}

test('closes the oldest connection of a network that exceeds its share', () => {
  const { pool, closed, add } = create(10, 2);
  ['b1', 'a1', 'a2', 'a3', 'a4'].forEach(add);
  expect([closed, pool.size, pool.dropped]).toEqual([['a1', 'a2'], 3, 2]);
});

test('closes the oldest connection of the network with the most if the total is exceeded', () => {
  const { pool, closed, add } = create(4, 3);
  ['b1', 'a1', 'a2', 'a3', 'c1', 'd1'].forEach(add);
  expect([closed, pool.size]).toEqual([['a1', 'a2'], 4]);
});

test('does not count connections that were released, once each', () => {
  const { pool, closed, add } = create(10, 2);
  const release = add('a1');
  add('a2');
  release();
  release();
  add('a3');
  expect([closed, pool.size]).toEqual([[], 2]);
  add('a4');
  expect(closed).toEqual(['a2']);
});

test('has nothing to close if it is empty', () => {
  const { pool, add } = create(10, 2);
  expect([pool.dropOldest(), pool.dropOldest('a')]).toEqual([false, false]);
  add('a1')();
  expect([pool.dropOldest(), pool.size, pool.dropped]).toEqual([false, 0, 0]);
});
