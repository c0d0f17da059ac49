import { expect, test } from 'vitest';
import type { EnumOf } from '../page/api/graphql.ts';
import { applyUpdates, EMPTY_TIMELINE } from '../page/call/call-timeline.ts';
import { isOn, transcriptionOf, transcriptionText } from '../page/call/controls/transcription.ts';
import type { CallEvent } from '../page/call/documents.ts';

type State = EnumOf<'TranscriptionState'>;

const changed = (state: State, by: string | null, message: string | null = null): CallEvent => ({
  __typename: 'TranscriptionChanged',
  by,
  at: '2026-01-05T09:00:00.000Z',
  cursor: state,
  type: 'TRANSCRIPTION_CHANGED',
  transcription: { state, message, transcriber: { id: 'deepgram', displayName: 'Deepgram' } },
});

const after = (...events: CallEvent[]) =>
  transcriptionOf(applyUpdates(EMPTY_TIMELINE, [{ type: 'events', events }]).entries);

test.each([
  [[], 'No transcriber is used for this call.', false],
  [[changed('CONNECTING', 'ana')], 'Deepgram is connecting, started by ana.', true],
  [
    [changed('CONNECTING', 'ana'), changed('TRANSCRIBING', null)],
    'Deepgram transcribes this call, started by ana.',
    true,
  ],
  [[changed('TRANSCRIBING', null)], 'Deepgram transcribes this call.', true],
  [
    [changed('TRANSCRIBING', 'ana'), changed('FAILED', null, 'The key is not valid.')],
    'Deepgram failed: The key is not valid.',
    false,
  ],
  [
    [changed('TRANSCRIBING', 'ana'), changed('STOPPED', 'ben'), changed('CONNECTING', 'cleo')],
    'Deepgram is connecting, started by cleo.',
    true,
  ],
])('says how it goes, and who started it, after %j', (events, text, on) => {
  expect(transcriptionText(after(...events))).toBe(text);
  expect(isOn(after(...events))).toBe(on);
});
