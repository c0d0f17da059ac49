import { describe, expect, test } from 'vitest';
import type { EnumOf } from '../page/api/graphql.ts';
import { applyUpdates, EMPTY_TIMELINE } from '../page/call/call-timeline.ts';
import type { CallEvent } from '../page/call/documents.ts';
import { transcriptionNotice } from '../page/call/transcript/transcription-notice.ts';

type State = EnumOf<'TranscriptionState'>;

const changed = (state: State, message: string | null = null): CallEvent => ({
  __typename: 'TranscriptionChanged',
  by: null,
  at: '2026-01-05T09:00:00.000Z',
  cursor: state,
  type: 'TRANSCRIPTION_CHANGED',
  transcription: { state, message, transcriber: { id: 'deepgram', displayName: 'Deepgram' } },
});

/** Returns the notice after changes of state, as of a live call and of an ended one. */
function noticesAfter(...changes: readonly CallEvent[]): readonly (string | undefined)[] {
  const { entries } = applyUpdates(EMPTY_TIMELINE, [{ type: 'events', events: changes }]);
  return [transcriptionNotice(entries, true), transcriptionNotice(entries, false)];
}

describe('the notice about the transcription', () => {
  test('is missing without a transcriber', () => {
    expect(noticesAfter()).toEqual([undefined, undefined]);
  });

  test.each([
    ['CONNECTING', /^Deepgram is connecting/],
    ['RECONNECTING', /^Deepgram was disconnected and is reconnecting/],
  ] as const)('names the transcriber of a live call: %s', (state, text) => {
    expect(noticesAfter(changed(state))).toEqual([expect.stringMatching(text), undefined]);
  });

  test('contains the reason of a failure, also after the call', () => {
    const text = 'Transcription by Deepgram failed: the API key is not accepted.';
    const failed = changed('FAILED', 'the API key is not accepted.');
    expect(noticesAfter(changed('CONNECTING'), failed)).toEqual([text, text]);
    expect(noticesAfter(changed('FAILED'))[0]).toBe('Transcription by Deepgram failed.');
  });

  test.each(['TRANSCRIBING', 'STOPPED'] as const)('is missing after %s', (state) => {
    expect(noticesAfter(changed('FAILED', 'x'), changed(state))).toEqual([undefined, undefined]);
  });
});
