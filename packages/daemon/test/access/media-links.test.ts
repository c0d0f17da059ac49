/** Signed URLs without a server: nothing but the exact query of a link, on the exact path, is accepted. */
import { isFault } from '@sidetone/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MediaLinks } from '../../src/access/media-links.ts';
import { viewerOf } from '../../src/access/viewer.ts';

const NOW = 1_800_000_000_500;
const KEY = Buffer.alloc(32, 7);
const TOKENS = ['a', 'b'].map((name) => ({ name, sha256: name.repeat(64), scopes: ['LISTEN'] as const }));
const PATH = '/calls/call_1/recording.wav';

const linksWith = (changes: Partial<ConstructorParameters<typeof MediaLinks>[0]> = {}) =>
  new MediaLinks({ key: KEY, tokens: TOKENS, maxSeconds: 3600, clock: { now: () => NOW }, ...changes });
const links = linksWith();
const urlOf = (path: string, query: string): URL => new URL(`http://localhost${path}?${query}`);
const codeOf = (url: URL, verifier = links): string => {
  try {
    return verifier.viewer(url)?.name ?? 'no link';
  } catch (error) {
    if (!isFault(error)) throw error;
    return error.code;
  }
};

describe('MediaLinks', () => {
  const { query, expiresAt } = links.sign(PATH, viewerOf('a', ['LISTEN']), 60);

  test('returns who signed a link, until the second in which it expires', () => {
    expect(expiresAt).toBe(1_800_000_061_000);
    expect(codeOf(urlOf(PATH, query))).toBe('a');
    for (const [now, code] of [
      [expiresAt - 1, 'a'],
      [expiresAt, 'MEDIA_LINK_EXPIRED'],
      [expiresAt + 1e12, 'MEDIA_LINK_EXPIRED'],
      [expiresAt - 3_602_000, 'MEDIA_LINK_INVALID'],
    ] as const)
      expect([now, codeOf(urlOf(PATH, query), linksWith({ clock: { now: () => now } }))]).toEqual([
        now,
        code,
      ]);
  });

  test('signs for each viewer, path, expiry and key differently', () => {
    const viewers = TOKENS.map(({ name }) => viewerOf(name, ['LISTEN']));
    const queries = [links, linksWith({ key: Buffer.alloc(32, 8) })].flatMap((signer) =>
      viewers.flatMap((viewer) =>
        [PATH, '/calls/call_1/listen', '/calls/call_2/recording.wav'].flatMap((path) =>
          [60, 61].map((seconds) => signer.sign(path, viewer, seconds).query.replace(/.*signature=/, '')),
        ),
      ),
    );
    expect(new Set(queries).size).toBe(2 * 2 * 3 * 2);
  });

  test('accepts a link of any path and lifetime on that path only', () => {
    const path = fc.webPath().map((text) => urlOf(`/calls/${text}`, '').pathname);
    fc.assert(
      fc.property(path, path, fc.integer({ min: 1, max: 3600 }), (signed, other, seconds) => {
        const link = links.sign(signed, viewerOf('b', ['LISTEN']), seconds);
        expect(codeOf(urlOf(signed, link.query))).toBe('b');
        if (other !== signed) expect(codeOf(urlOf(other, link.query))).toBe('MEDIA_LINK_INVALID');
      }),
    );
  });

  test('rejects every change of one character', () => {
    const characters = fc.constantFrom(...Array.from('AZaz09-_=+%&;.~ \0é'));
    fc.assert(
      fc.property(fc.nat(query.length - 1), characters, fc.boolean(), (at, character, isInserted) => {
        const changed = query.slice(0, at) + character + query.slice(at + (isInserted ? 0 : 1));
        const url = urlOf(PATH, changed);
        const isSame = ['expires', 'by', 'signature'].every(
          (name) => url.searchParams.get(name) === urlOf(PATH, query).searchParams.get(name),
        );
        if (isSame && url.searchParams.size === 3) return;
        expect(codeOf(url)).not.toBe('a');
      }),
      { numRuns: 500 },
    );
  });

  test('answers any query with a code', () => {
    const name = fc.constantFrom(
      'expires',
      'by',
      'signature',
      '__proto__',
      'constructor',
      'token',
      'Expires',
    );
    const pairs = fc.array(fc.tuple(name, fc.oneof(fc.string(), fc.constantFrom('1', '9'.repeat(400)))));
    fc.assert(
      fc.property(pairs, (entries) => {
        const isLink = entries.some(([key]) => key === 'expires' || key === 'signature');
        const url = urlOf(PATH, new URLSearchParams(entries).toString());
        expect(codeOf(url)).toBe(isLink ? 'MEDIA_LINK_INVALID' : 'no link');
      }),
    );
  });

  test.each([0, -1, 3601, Number.NaN, 1.5])('does not sign a lifetime of %s seconds', (seconds) => {
    expect(() => links.sign(PATH, viewerOf('a', ['LISTEN']), seconds)).toThrow(/^expiresInSeconds: expected/);
  });

  test.each(['c', '__proto__', 'constructor', 'local'])('does not sign for the unknown viewer %s', (name) => {
    expect(() => links.sign(PATH, viewerOf(name, ['LISTEN']), 60)).toThrow('unknown access token');
  });
});
