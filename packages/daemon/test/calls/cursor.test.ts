import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursors } from '../../src/calls/cursor.ts';

const cursors = createCursors({ logId: 'abc-_1', latest: () => 1_000_000 });

describe('a cursor', () => {
  test('decodes to the encoded position', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (position) => {
        expect(cursors.decode(cursors.encode(position))).toBe(position);
      }),
    );
  });

  test.each([
    ['of another database', createCursors({ logId: 'other', latest: () => 9 }).encode(3)],
    ['ahead of the log', createCursors({ logId: 'abc-_1', latest: () => 9 }).encode(1_000_001)],
    ['that is malformed', 'first'],
    ['that is empty', ''],
    ['with a trailing character', `${cursors.encode(3)} `],
  ])('%s is rejected with CURSOR_INVALID', (_what, cursor) => {
    expect(() => cursors.decode(cursor)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });

  test('decodes or is rejected, for any text', () => {
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
