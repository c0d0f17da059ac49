/** What happened in a call, in words. An event that is new does not compile until it has its words. */
import { END_LABELS, STATUS_LABELS } from '../ui/labels.ts';
import type { EnumOf } from '../api/graphql.ts';
import type { CallEvent } from './documents.ts';
import type { TimelineEntry } from './call-timeline.ts';

type Happening = Extract<TimelineEntry, { __typename: string }>;
type Words = {
  [Name in Happening['__typename']]: (event: Extract<Happening, { __typename: Name }>) => string | undefined;
};

const list = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');

const TRANSCRIPTION_LABELS = {
  CONNECTING: 'A transcriber is asked for the words',
  TRANSCRIBING: 'A transcriber tells the words',
  RECONNECTING: 'The transcriber is lost for a moment; what is said meanwhile comes later',
  FAILED: 'There are no words from the transcriber any longer',
  STOPPED: 'The transcriber tells no more words',
} as const satisfies Record<EnumOf<'TranscriptionState'>, string>;

/** Nothing for what is no updates to who looks at the call. */
const WORDS = {
  AssistantChanged: ({ assistant }) =>
    `Another assistant talks${assistant?.name == null ? '' : `: ${assistant.name}`}`,
  CallAnnotated: ({ note, tagsAdded, tagsRemoved }) =>
    note
      ? `Note: ${note.text}`
      : [
          tagsAdded.length > 0 && `Tagged ${list(tagsAdded)}`,
          tagsRemoved.length > 0 && `No longer tagged ${list(tagsRemoved)}`,
        ]
          .filter(Boolean)
          .join('. '),
  CallEnded: ({ end }) =>
    `Over: ${END_LABELS[end.category].toLowerCase()}${end.code === null ? '' : ` (${end.code})`}`,
  CallReported: () => "The provider's report came",
  CallStarted: () => 'The call came to be',
  CallStatusChanged: ({ status }) => STATUS_LABELS[status],
  CallUpdated: () => undefined,
  DtmfReceived: ({ digits }) => `Keys pressed: ${digits}`,
  ListeningChanged: ({ type, by }) =>
    `${by} ${type === 'LISTENING_STARTED' ? 'listens in' : 'stopped listening'}`,
  ProviderNotice: ({ message }) => message,
  RecordingChanged: ({ type }) => (type === 'RECORDING_STARTED' ? 'Recording' : 'Recording ended'),
  SpeechChanged: () => undefined,
  StreamChanged: ({ type, stream }) =>
    type === 'STREAM_STARTED'
      ? `Audio began (${stream.encoding}, ${stream.sampleRate / 1000} kHz)`
      : 'Audio ended',
  TranscriptionChanged: ({ transcription: { state, message } }) =>
    `${TRANSCRIPTION_LABELS[state]}${state === 'FAILED' && message !== null ? `: ${message}` : ''}`,
  TransferStarted: ({ destination }) => `Transfer${destination === null ? '' : ` to ${destination}`}`,
} as const satisfies Words;

export function wordsOf(
  event: Exclude<CallEvent, { __typename: 'UtteranceFinalized' | 'UtteranceRevised' | 'CommandChanged' }>,
): string | undefined {
  return (WORDS[event.__typename] as (event: Happening) => string | undefined)(event);
}
