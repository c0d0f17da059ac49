import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursors } from '../../src/calls/cursor.ts';

const cursors = createCursors({ logId: 'abc-_1', latest: () => 1_000_000 });

describe('a cursor', () => {
  test('comes back as the position that it was made of', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (position) => {
        expect(cursors.decode(cursors.encode(position))).toBe(position);
      }),
    );
  });

  test.each([
    ['of another database', createCursors({ logId: 'other', latest: () => 9 }).encode(3)],
    ['ahead of the log', createCursors({ logId: 'abc-_1', latest: () => 9 }).encode(1_000_001)],
    ['that is none', 'first'],
    ['that is empty', ''],
    ['with something behind it', `${cursors.encode(3)} `],
  ])('%s is refused with a code', (_what, cursor) => {
    expect(() => cursors.decode(cursor)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });

  test('is refused or understood, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(Number.isInteger(cursors.decode(text))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'CURSOR_INVALID' });
        }
      }),
    );
  });
});
