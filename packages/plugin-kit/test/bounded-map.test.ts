import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../src/index.ts';

describe('BoundedMap', () => {
  it('drops the entry that was set least recently', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    expect([...map]).toEqual([
      ['a', 3],
      ['c', 4],
    ]);
  });

  it('reports and counts dropped entries', () => {
    const dropped: [string, number][] = [];
    const map = new BoundedMap<string, number>(1, (key, value) => dropped.push([key, value]));
    map.set('a', 1);
    map.set('b', 2);
    map.set('c', 3);
    expect(dropped).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(map.dropped).toBe(2);
  });

  it('does not count deleted entries as dropped', () => {
    const map = new BoundedMap<string, number>(1);
    map.set('a', 1);
    expect(map.delete('a')).toBe(true);
    expect(map.delete('a')).toBe(false);
    map.set('b', 2);
    expect(map.dropped).toBe(0);
    expect(map.size).toBe(1);
    expect(map.has('b')).toBe(true);
    expect(map.get('a')).toBeUndefined();
  });
});
