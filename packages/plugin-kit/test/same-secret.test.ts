import { describe, expect, it } from 'vitest';
import { isSameSecret } from '../src/index.ts';

describe('isSameSecret', () => {
  it.each([
    ['secret', 'secret', true],
    ['secret', 'secreT', false],
    ['secret', 'secret ', false],
    ['', 'secret', false],
    ['', '', true],
  ])('compares %j with %j', (received, expected, isSame) => {
    expect(isSameSecret(received, expected)).toBe(isSame);
  });
});
