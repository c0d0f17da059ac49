import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursors } from '../../src/calls/cursor.ts';
import type { LogEpoch } from '../../src/calls/ports.ts';

const EPOCHS: readonly LogEpoch[] = [
  { id: 'first', startsAfter: 10 },
  { id: 'second', startsAfter: 20 },
  { id: 'third', startsAfter: 500 },
];
const logOf = (latest: number, epochs = EPOCHS, logId = 'abc-_1') =>
  createCursors({ logId, latest: () => latest, epochs });
const cursors = logOf(1_000_000);

/** The cursors of a node whose log others write to. */
const sharedLogOf = (latest: number, shared: number) =>
  createCursors({ logId: 'abc-_1', latest: () => latest, epochs: EPOCHS, shared: () => shared });

const codeOf = (task: () => unknown): unknown => {
  try {
    task();
  } catch (error) {
    return (error as { code: unknown }).code;
  }
  return undefined;
};

describe('a cursor', () => {
  test('of another node, which is ahead of this one, is accepted if its event exists', () => {
    const { decode, encode, verify } = sharedLogOf(600, 700);
    const [ahead, beyond] = [decode(encode(700)), decode(encode(701))];
    expect([verify(600), verify(ahead)]).toEqual([undefined, undefined]);
    expect(codeOf(() => verify(beyond))).toBe('CURSOR_INVALID');
    expect(codeOf(() => logOf(600).decode(encode(700)))).toBe('CURSOR_INVALID');
  });

  test('decodes to the encoded position', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (position) => {
        expect(cursors.decode(cursors.encode(position))).toBe(position);
      }),
    );
  });

  test.each([
    [0, 'abc-_1.0'],
    [10, 'abc-_1.a'],
    [11, 'abc-_1.first.b'],
    [20, 'abc-_1.first.k'],
    [21, 'abc-_1.second.l'],
    [501, 'abc-_1.third.dx'],
  ])('of the position %i names the epoch in which the event was written', (position, cursor) => {
    expect(cursors.encode(position)).toBe(cursor);
    expect(cursors.decode(cursor)).toBe(position);
  });

  test('stays the same when later epochs begin', () => {
    const later = logOf(1_000_000, [...EPOCHS, { id: 'fourth', startsAfter: 1000 }]);
    for (const position of [0, 9, 10, 11, 20, 21, 500, 1000]) {
      expect(later.encode(position)).toBe(cursors.encode(position));
    }
  });

  test.each([
    ['of another database', logOf(9, EPOCHS, 'other').encode(3)],
    ['ahead of the log', logOf(9).encode(1_000_001)],
    ['of an epoch that began later', 'abc-_1.third.1'],
    ['that is malformed', 'first'],
    ['that is empty', ''],
    ['with a trailing character', `${cursors.encode(3)} `],
    ['with too many parts', `${cursors.encode(12)}.1`],
  ])('%s is rejected with CURSOR_INVALID', (_what, cursor) => {
    expect(codeOf(() => cursors.decode(cursor))).toBe('CURSOR_INVALID');
  });

  test.each([
    ['of an epoch that is not in the log', 'abc-_1.other.c'],
    ['of an epoch after its end', 'abc-_1.first.l'],
    ['of an epoch after its end, at a position that was reused', 'abc-_1.second.dx'],
    ['without an epoch, after the start of the first one', 'abc-_1.b'],
    ['without an epoch, far ahead', 'abc-_1.zzzzzzzzzz'],
  ])('%s is rejected with CURSOR_LOG_REPLACED', (_what, cursor) => {
    expect(codeOf(() => cursors.decode(cursor))).toBe('CURSOR_LOG_REPLACED');
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
