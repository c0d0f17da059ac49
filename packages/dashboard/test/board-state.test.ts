import { describe, expect, test } from 'vitest';
import {
  EMPTY_BOARD,
  ENDED_VISIBLE_MS,
  applyUpdates,
  type Board,
  type BoardUpdate,
} from '../page/board/board-state.ts';
import type { CallOnBoard, LiveCallsUpdate } from '../page/board/documents.ts';
import { callOf } from './support/calls.ts';

const picture = (...calls: CallOnBoard[]): LiveCallsUpdate => ({
  __typename: 'LiveCallsSnapshot',
  cursor: 'c',
  calls,
});
const changed = (call: CallOnBoard): LiveCallsUpdate => ({
  __typename: 'LiveCallChanged',
  cursor: 'c',
  call,
});
const ended = (id: string): LiveCallsUpdate =>
  changed(callOf(id, { isLive: false, status: 'ENDED', end: { category: 'CUSTOMER_ENDED' } }));
const said = (id: string, text: string, at: string): BoardUpdate => ({
  __typename: 'UtteranceFinalized',
  cursor: 'c',
  call: { id },
  utterance: { id: at, party: 'CUSTOMER', text, at },
});
const speech = (
  id: string,
  type: 'SPEECH_STARTED' | 'SPEECH_STOPPED',
  party: 'CUSTOMER' | 'ASSISTANT',
): BoardUpdate => ({
  __typename: 'SpeechChanged',
  cursor: 'c',
  call: { id },
  type,
  party,
});

const after = (...updates: BoardUpdate[]): Board => applyUpdates(EMPTY_BOARD, updates, 0);
const idsOf = (board: Board): string[] => [...board.calls.keys()];

describe('the board', () => {
  test('is not known before its first picture, and then is, even without a call', () => {
    expect(EMPTY_BOARD.isLoaded).toBe(false);
    expect(after(picture()).isLoaded).toBe(true);
  });

  test('shows calls that begin, without being asked anew', () => {
    expect(idsOf(after(picture(callOf('a')), changed(callOf('b'))))).toEqual(['a', 'b']);
  });

  test('shows a call that is over for a moment, then no more', () => {
    const board = after(picture(callOf('a'), callOf('b')), ended('a'));
    expect(board.calls.get('a')).toMatchObject({ isLive: false, seenEndedAt: 0 });
    expect(idsOf(applyUpdates(board, [{ __typename: 'Tick' }], ENDED_VISIBLE_MS - 1))).toEqual(['a', 'b']);
    expect(idsOf(applyUpdates(board, [{ __typename: 'Tick' }], ENDED_VISIBLE_MS))).toEqual(['b']);
  });

  test('lets a call go that ended while the page was cut off: the new picture does not have it', () => {
    const board = after(picture(callOf('a'), callOf('b')), picture(callOf('b')));
    expect(board.calls.get('a')!.seenEndedAt).toBe(0);
    expect(board.calls.get('b')!.seenEndedAt).toBeUndefined();
  });

  test('keeps a call the same object while the updates are about another', () => {
    const before = after(picture(callOf('a'), callOf('b')));
    const now = applyUpdates(before, [said('b', 'Hello.', '2026-01-05T09:00:02.000Z')], 0);
    expect(now.calls.get('a')).toBe(before.calls.get('a'));
    expect(now.calls.get('b')).not.toBe(before.calls.get('b'));
  });

  test('shows the last line said, whichever of the two subscriptions told it first', () => {
    const [early, late] = ['2026-01-05T09:00:02.000Z', '2026-01-05T09:00:05.000Z'];
    const line = { id: 'u', party: 'ASSISTANT' as const, text: 'late', at: late };
    const withLine = picture(callOf('a', { utterances: { nodes: [line] } }));
    expect(after(withLine, said('a', 'early', early)).calls.get('a')!.line!.text).toBe('late');
    expect(
      after(picture(callOf('a')), said('a', 'early', early), said('a', 'late', late)).calls.get('a')!.line!
        .text,
    ).toBe('late');
  });

  test('shows who speaks, and nobody in a call that is over', () => {
    const board = after(
      picture(callOf('a')),
      speech('a', 'SPEECH_STARTED', 'CUSTOMER'),
      speech('a', 'SPEECH_STARTED', 'ASSISTANT'),
      speech('a', 'SPEECH_STOPPED', 'CUSTOMER'),
    );
    expect(board.calls.get('a')!.speaking).toEqual(['ASSISTANT']);
    expect(applyUpdates(board, [ended('a')], 0).calls.get('a')!.speaking).toEqual([]);
  });

  test('passes over updates of calls that it does not show', () => {
    expect(idsOf(after(picture(), said('x', 'Hello.', '2026-01-05T09:00:02.000Z')))).toEqual([]);
  });

  test('tells why there is no picture, until there is one', () => {
    const error = { code: 'FORBIDDEN', message: 'No.' };
    const board = after({ __typename: 'ApiError', error });
    expect(board.error).toBe(error);
    expect(applyUpdates(board, [picture()], 0).error).toBeUndefined();
  });
});
