/** Describes an event in the timeline. A new event type does not compile until it has a text. */
import { END_LABELS, STATUS_LABELS, pausedText } from '../ui/labels.ts';
import type { EnumOf } from '../api/graphql.ts';
import type { TimelineEntry } from './call-timeline.ts';

type TimelineEvent = Extract<TimelineEntry, { __typename: string }>;
type EventTexts = {
  [Name in TimelineEvent['__typename']]: (
    event: Extract<TimelineEvent, { __typename: Name }>,
  ) => string | undefined;
};

const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');

const TRANSCRIPTION_TEXTS = {
  CONNECTING: 'Transcription is starting',
  TRANSCRIBING: 'Transcription started',
  RECONNECTING: 'Transcription interrupted, reconnecting',
  FAILED: 'Transcription failed',
  STOPPED: 'Transcription stopped',
} as const satisfies Record<EnumOf<'TranscriptionState'>, string>;

type Stream = Extract<TimelineEvent, { __typename: 'StreamChanged' }>['stream'];

/** What was lost of an audio stream that has ended; empty if nothing was. */
function lossesText(stream: Stream): string {
  const { frames, missingFrames, recordingLostMs, transcriptLostMs, listeningLostMs } = stream;
  const losses = [
    missingFrames > 0 && `${missingFrames} of ${frames + missingFrames} frames missing`,
    recordingLostMs > 0 && `${recordingLostMs} ms too late for the recording`,
    transcriptLostMs > 0 && `${transcriptLostMs} ms too late for the transcript`,
    listeningLostMs > 0 && `${listeningLostMs} ms too late for listeners`,
  ].filter(Boolean);
  return losses.length === 0 ? '' : `: ${losses.join(', ')}`;
}

/** Undefined for events that the timeline does not show. */
const EVENT_TEXTS = {
  AssistantChanged: ({ assistant }) =>
    `Assistant changed${assistant?.name == null ? '' : ` to ${assistant.name}`}`,
  CallAnnotated: ({ note, tagsAdded, tagsRemoved, by }) =>
    note
      ? `Note: ${note.text}`
      : [
          tagsAdded.length > 0 && `Tag added: ${quoted(tagsAdded)}`,
          tagsRemoved.length > 0 && `Tag removed: ${quoted(tagsRemoved)}`,
        ]
          .filter(Boolean)
          .join('. ') + (by === null ? '' : ` by ${by}`),
  CallEnded: ({ end: { category, code } }) =>
    `Call ended${category === 'UNKNOWN' ? '' : `: ${END_LABELS[category].toLowerCase()}`}${code === null ? '' : ` (${code})`}`,
  CallReported: () => 'Provider report received',
  CallStarted: () => 'Call created',
  CallStatusChanged: ({ status }) => STATUS_LABELS[status],
  CallUpdated: () => undefined,
  CallWatched: ({ by }) => `Taken over${by === null ? '' : ` by ${by}`}`,
  DtmfReceived: ({ digits }) => `Keys pressed: ${digits}`,
  ListeningChanged: ({ type, by }) =>
    `${by} ${type === 'LISTENING_STARTED' ? 'started listening' : 'stopped listening'}`,
  CallHoldChanged: ({ held, reason, by }) =>
    `Legal hold ${held ? 'placed' : 'released'}${by === null ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`,
  CaptureChanged: ({ pausedParts, reason, by }) =>
    pausedParts.length === 0
      ? `Recording resumed${by === null ? ', because the pause reached its limit' : ` by ${by}`}`
      : `${pausedText(pausedParts)}${by === null ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`,
  CallNotice: ({ message }) => message,
  RecordingChanged: ({ type }) => (type === 'RECORDING_STARTED' ? 'Recording started' : 'Recording stopped'),
  SpeechChanged: () => undefined,
  StreamChanged: ({ type, stream }) =>
    type === 'STREAM_STARTED'
      ? `Audio started (${stream.encoding}, ${stream.sampleRate / 1000} kHz)`
      : `Audio stopped${lossesText(stream)}`,
  TranscriptionChanged: ({ transcription: { state, message } }) =>
    `${TRANSCRIPTION_TEXTS[state]}${state === 'FAILED' && message !== null ? `: ${message}` : ''}`,
  TransferStarted: ({ destination }) => `Transfer started${destination === null ? '' : ` to ${destination}`}`,
} as const satisfies EventTexts;

export function eventText(event: TimelineEvent): string | undefined {
  return (EVENT_TEXTS[event.__typename] as (event: TimelineEvent) => string | undefined)(event);
}
