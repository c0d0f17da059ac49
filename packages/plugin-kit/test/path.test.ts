import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { path } from '../src/index.ts';

const BASE = 'https://api.example.com/v1';

/** Encodes every character of an ASCII text as `%xx`. */
const encoded = (text: string): string =>
  text.replaceAll(/[^]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

describe('a path', () => {
  it.each([
    ['3f2a9c10-6b7e-4d55-9a41-0c8f2b6d71e4', '/Call/3f2a9c10-6b7e-4d55-9a41-0c8f2b6d71e4/'],
    ['a b?c#d', '/Call/a%20b%3Fc%23d/'],
    ['...', '/Call/.../'],
    ['100%', '/Call/100%25/'],
    ['é', '/Call/%C3%A9/'],
  ])('contains the id %s as one segment', (id, expected) => {
    expect(path`/Call/${id}/`).toBe(expected);
  });

  it('consists of its texts if it has no values', () => {
    expect(path`/auth/me`).toBe('/auth/me');
  });

  const UNSAFE = ['', '.', '..', '..;x', '.;', 'a/b', 'a\\b', '/', '../..', 'a\u0000', 'a\nb', '\u007f'];
  it.each([
    ...UNSAFE,
    ...UNSAFE.filter(Boolean).map(encoded),
    ...UNSAFE.filter(Boolean).map((text) => encoded(encoded(text))),
    '.%2e',
    '%2E.',
    '\ud800',
    'x'.repeat(257),
  ])('rejects the id %j', (id) => {
    expect(() => path`/Call/${id}/`).toThrow(expect.objectContaining({ code: 'PROVIDER_ID_INVALID' }));
    expect(() => path`/Call/${'good'}/${id}`).toThrow(
      expect.objectContaining({ code: 'PROVIDER_ID_INVALID' }),
    );
  });

  it('names a resource below its text, or is rejected, for any id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (id) => {
        let built: string;
        try {
          built = path`/Call/${id}/Play`;
        } catch {
          return;
        }
        const segments = new URL(BASE + built).pathname.split('/');
        expect(segments.map(decodeURIComponent)).toEqual(['', 'v1', 'Call', id, 'Play']);
      }),
    );
  });
});
