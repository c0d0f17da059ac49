import { describe, expect, test } from 'vitest';
import {
  EMPTY_BOARD,
  ENDED_VISIBLE_MS,
  applyUpdates,
  type Board,
  type BoardUpdate,
} from '../page/board/board-state.ts';
import type { LiveCall, LiveCallsUpdate } from '../page/board/documents.ts';
import { callOf } from './support/calls.ts';

const snapshot = (...calls: LiveCall[]): LiveCallsUpdate => ({
  __typename: 'LiveCallsSnapshot',
  cursor: 'c',
  calls,
});
const changed = (call: LiveCall): LiveCallsUpdate => ({
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
  test('is loaded after the first snapshot, even an empty one', () => {
    expect(EMPTY_BOARD.isLoaded).toBe(false);
    expect(after(snapshot()).isLoaded).toBe(true);
  });

  test('adds calls that start after the snapshot', () => {
    expect(idsOf(after(snapshot(callOf('a')), changed(callOf('b'))))).toEqual(['a', 'b']);
  });

  test('shows an ended call for a short time, then removes it', () => {
    const board = after(snapshot(callOf('a'), callOf('b')), ended('a'));
    expect(board.calls.get('a')).toMatchObject({ isLive: false, seenEndedAt: 0 });
    expect(idsOf(applyUpdates(board, [{ __typename: 'Tick' }], ENDED_VISIBLE_MS - 1))).toEqual(['a', 'b']);
    expect(idsOf(applyUpdates(board, [{ __typename: 'Tick' }], ENDED_VISIBLE_MS))).toEqual(['b']);
  });

  test('ends calls that are missing from a new snapshot', () => {
    const board = after(snapshot(callOf('a'), callOf('b')), snapshot(callOf('b')));
    expect(board.calls.get('a')!.seenEndedAt).toBe(0);
    expect(board.calls.get('b')!.seenEndedAt).toBeUndefined();
  });

  test('keeps the object of a call that the updates do not affect', () => {
    const before = after(snapshot(callOf('a'), callOf('b')));
    const now = applyUpdates(before, [said('b', 'Hello.', '2026-01-05T09:00:02.000Z')], 0);
    expect(now.calls.get('a')).toBe(before.calls.get('a'));
    expect(now.calls.get('b')).not.toBe(before.calls.get('b'));
  });

  test('shows the latest utterance, whichever subscription delivers it first', () => {
    const [early, late] = ['2026-01-05T09:00:02.000Z', '2026-01-05T09:00:05.000Z'];
    const line = { id: 'u', party: 'ASSISTANT' as const, text: 'late', at: late };
    const withLine = snapshot(callOf('a', { utterances: { nodes: [line] } }));
    expect(after(withLine, said('a', 'early', early)).calls.get('a')!.line!.text).toBe('late');
    expect(
      after(snapshot(callOf('a')), said('a', 'early', early), said('a', 'late', late)).calls.get('a')!.line!
        .text,
    ).toBe('late');
  });

  test('shows who is speaking, and no one in an ended call', () => {
    const board = after(
      snapshot(callOf('a')),
      speech('a', 'SPEECH_STARTED', 'CUSTOMER'),
      speech('a', 'SPEECH_STARTED', 'ASSISTANT'),
      speech('a', 'SPEECH_STOPPED', 'CUSTOMER'),
    );
    expect(board.calls.get('a')!.speaking).toEqual(['ASSISTANT']);
    expect(applyUpdates(board, [ended('a')], 0).calls.get('a')!.speaking).toBeUndefined();
  });

  test('claims no silence while no audio and no speech event is received', () => {
    const levels = (parties: readonly 'CUSTOMER'[] | undefined): BoardUpdate => ({
      __typename: 'Speaking',
      callId: 'a',
      parties,
    });
    const board = after(snapshot(callOf('a')));
    expect(board.calls.get('a')!.speaking).toBeUndefined();
    expect(applyUpdates(board, [levels([])], 0).calls.get('a')!.speaking).toEqual([]);
    expect(
      applyUpdates(board, [levels(['CUSTOMER']), levels(undefined)], 0).calls.get('a')!.speaking,
    ).toBeUndefined();
  });

  test('knows since when a customer waits who has spoken last, also from the snapshot', () => {
    const at = '2026-01-05T09:00:02.000Z';
    const line = (party: 'CUSTOMER' | 'ASSISTANT') => ({ id: 'u', party, text: 'Hello?', at });
    const signalsAfter = (party: 'CUSTOMER' | 'ASSISTANT') =>
      after(snapshot(callOf('a', { utterances: { nodes: [line(party)] } }))).calls.get('a')!.signals;
    expect(signalsAfter('CUSTOMER').waitingSince).toBe(Date.parse(at));
    expect(signalsAfter('ASSISTANT').waitingSince).toBeUndefined();
    const board = after(snapshot(callOf('a')), said('a', 'Hello?', at));
    expect(board.calls.get('a')!.signals.waitingSince).toBe(0);
    expect(applyUpdates(board, [changed(callOf('a'))], 5).calls.get('a')!.signals.waitingSince).toBe(0);
  });

  test('ignores updates of unknown calls', () => {
    expect(idsOf(after(snapshot(), said('x', 'Hello.', '2026-01-05T09:00:02.000Z')))).toEqual([]);
  });

  test('keeps an error until a snapshot is received', () => {
    const error = { code: 'FORBIDDEN', message: 'No.' };
    const board = after({ __typename: 'Failed', error });
    expect(board.error).toBe(error);
    expect(applyUpdates(board, [snapshot()], 0).error).toBeUndefined();
  });
});
