/** The object types of call events, as a table. The compiler rejects a fact type without an object type. */
import type { CallFactOf, CallFactType, CallRecord } from '@sidetone/core';
import type { FieldMap, ObjectFieldBuilder } from '@pothos/core';
import type { Builder, SchemaDeps, Types } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Refs } from './refs.ts';

/** The object type of each fact type. */
export const TYPE_NAMES = {
  CALL_STARTED: 'CallStarted',
  CALL_UPDATED: 'CallUpdated',
  CALL_STATUS_CHANGED: 'CallStatusChanged',
  CALL_ENDED: 'CallEnded',
  UTTERANCE_FINALIZED: 'UtteranceFinalized',
  UTTERANCE_REVISED: 'UtteranceRevised',
  SPEECH_STARTED: 'SpeechChanged',
  SPEECH_STOPPED: 'SpeechChanged',
  DTMF_RECEIVED: 'DtmfReceived',
  STREAM_STARTED: 'StreamChanged',
  STREAM_STOPPED: 'StreamChanged',
  COMMAND_CHANGED: 'CommandChanged',
  TRANSFER_STARTED: 'TransferStarted',
  ASSISTANT_CHANGED: 'AssistantChanged',
  CALL_REPORTED: 'CallReported',
  CALL_ANNOTATED: 'CallAnnotated',
  CALL_WATCHED: 'CallWatched',
  CALL_HOLD_CHANGED: 'CallHoldChanged',
  CALL_NOTICE: 'CallNotice',
  RECORDING_STARTED: 'RecordingChanged',
  RECORDING_STOPPED: 'RecordingChanged',
  TRANSCRIPTION_CHANGED: 'TranscriptionChanged',
  CAPTURE_CHANGED: 'CaptureChanged',
  LISTENING_STARTED: 'ListeningChanged',
  LISTENING_STOPPED: 'ListeningChanged',
} as const satisfies Record<CallFactType, string>;

export type EventTypeName = (typeof TYPE_NAMES)[CallFactType];

interface Schema {
  readonly builder: Builder;
  readonly refs: Refs;
  readonly enums: Enums;
  readonly deps: SchemaDeps;
}

/** A record whose fact has one of the given types. */
type RecordOf<Type extends CallFactType> = CallRecord & { readonly fact: CallFactOf<Type> };

/** Adds an object type with this name to the schema. */
type AddEventType = (name: string, schema: Schema) => void;

/** Defines an object type by its description and the fields that it has besides those of `CallEvent`. */
const event =
  <Type extends CallFactType = CallFactType>(
    description: string,
    fields: (t: ObjectFieldBuilder<Types, RecordOf<Type>>, schema: Schema) => FieldMap = () => ({}),
  ): AddEventType =>
  (name, schema) => {
    schema.builder.objectRef<RecordOf<Type>>(name).implement({
      description,
      interfaces: [schema.refs.CallEvent],
      fields: (t) => fields(t, schema),
    });
  };

export const EVENT_TYPES = {
  CallStarted: event('The call was created, or was reported for the first time.'),
  CallUpdated: event(
    'Details of the call changed: its numbers, direction, assistant, times, or why it ended.',
  ),
  CallReported: event(
    'The provider sent its report about the call, for example with a summary and the cost.',
  ),
  CallStatusChanged: event<'CALL_STATUS_CHANGED'>(
    'The status of the call changed. The end of a call is a `CallEnded` event.',
    (t, { enums }) => ({
      status: t.field({
        type: enums.CallStatus,
        description: 'The new status.',
        resolve: ({ fact }) => fact.status,
      }),
    }),
  ),
  CallEnded: event<'CALL_ENDED'>('The call ended.', (t, { refs }) => ({
    end: t.field({ type: refs.CallEnd, description: 'Why the call ended.', resolve: ({ fact }) => fact.end }),
  })),
  UtteranceFinalized: event<'UTTERANCE_FINALIZED'>('An utterance is complete.', (t, { refs }) => ({
    utterance: t.field({ type: refs.Utterance, description: 'The utterance.', resolve: utteranceOf }),
  })),
  UtteranceRevised: event<'UTTERANCE_REVISED'>(
    'A final utterance was changed: a transcriber sent a better text, or a report added its position.',
    (t, { refs }) => ({
      utterance: t.field({
        type: refs.Utterance,
        description: 'The changed utterance, with its old id.',
        resolve: utteranceOf,
      }),
    }),
  ),
  SpeechChanged: event<'SPEECH_STARTED' | 'SPEECH_STOPPED'>(
    'A party started or stopped speaking, depending on `type`.',
    (t, { enums }) => ({
      party: t.field({
        type: enums.Party,
        description: 'The party.',
        resolve: ({ fact }) => fact.party,
      }),
    }),
  ),
  DtmfReceived: event<'DTMF_RECEIVED'>('Telephone keys were pressed.', (t) => ({
    digits: t.string({ description: 'The keys: `0-9 * # A-D`.', resolve: ({ fact }) => fact.digits }),
  })),
  StreamChanged: event<'STREAM_STARTED' | 'STREAM_STOPPED'>(
    'A media stream started or ended, depending on `type`.',
    (t, { refs, deps }) => ({
      stream: t.field({
        type: refs.MediaStream,
        description: 'The current state of the stream.',
        resolve: async ({ fact }) => {
          const id = fact.type === 'STREAM_STARTED' ? fact.stream.id : fact.streamId;
          return (await deps.history.stream(id))!;
        },
      }),
    }),
  ),
  CommandChanged: event<'COMMAND_CHANGED'>(
    'A command was sent, or its status changed.',
    (t, { refs, enums }) => ({
      command: t.field({
        type: refs.Command,
        description: 'The command as it was at the time of the event.',
        resolve: ({ callId, fact }) => ({ callId, command: fact.command }),
      }),
      commandStatus: t.field({
        type: enums.CommandStatus,
        description: 'The status of the command at the time of the event.',
        resolve: ({ fact }) => fact.command.status,
      }),
    }),
  ),
  TransferStarted: event<'TRANSFER_STARTED'>('A transfer of the call started.', (t) => ({
    destination: t.string({
      nullable: true,
      description: 'The destination: a number, an address or a name. Null if unknown.',
      resolve: ({ fact }) => fact.destination,
    }),
  })),
  AssistantChanged: event<'ASSISTANT_CHANGED'>('Another assistant took over the call.', (t, { refs }) => ({
    assistant: t.field({
      type: refs.Assistant,
      nullable: true,
      description: 'The new assistant.',
      resolve: ({ fact }) => fact.assistant,
    }),
  })),
  CallAnnotated: event<'CALL_ANNOTATED'>(
    'Tags were added to the call or removed, or a note was written.',
    (t, { refs }) => ({
      tagsAdded: t.stringList({
        description: 'The tags that were added.',
        resolve: ({ fact }) => [...(fact.tagsAdded ?? [])],
      }),
      tagsRemoved: t.stringList({
        description: 'The tags that were removed.',
        resolve: ({ fact }) => [...(fact.tagsRemoved ?? [])],
      }),
      note: t.field({
        type: refs.Note,
        nullable: true,
        description: 'The note that was written. Null if the event is about tags only.',
        resolve: ({ callId, at, fact: { note } }) => note && { callId, at, note },
      }),
    }),
  ),
  CallWatched: event('A client took over the call with `watchCall`.'),
  CallHoldChanged: event<'CALL_HOLD_CHANGED'>('A legal hold was placed or released.', (t) => ({
    held: t.boolean({
      description: 'Whether the data of the call must be kept from now on.',
      resolve: ({ fact }) => fact.held,
    }),
    reason: t.string({
      nullable: true,
      description: 'Why, as given by the client.',
      resolve: ({ fact }) => fact.reason,
    }),
  })),
  CallNotice: event<'CALL_NOTICE'>('A warning about this call for the operator.', (t) => ({
    code: t.string({ description: 'The warning, for programs.', resolve: ({ fact }) => fact.code }),
    message: t.string({ description: 'The warning, for people.', resolve: ({ fact }) => fact.message }),
  })),
  RecordingChanged: event<'RECORDING_STARTED' | 'RECORDING_STOPPED'>(
    'The recording of the call started, continued after a restart of the daemon, or ended.',
    (t, { refs, deps }) => ({
      recording: t.field({
        type: refs.Recording,
        nullable: true,
        description: 'The current state of the recording. Null if it has no audio.',
        resolve: ({ callId }) => deps.recordings.find(callId),
      }),
    }),
  ),
  TranscriptionChanged: event<'TRANSCRIPTION_CHANGED'>(
    'The state of the transcription of the call changed.',
    (t, { refs }) => ({
      transcription: t.field({
        type: refs.Transcription,
        description: 'The transcription as it was at the time of the event.',
        resolve: ({ fact, at }) => ({ ...fact.transcription, since: at }),
      }),
    }),
  ),
  CaptureChanged: event<'CAPTURE_CHANGED'>(
    'The capture of the call was paused, its pause was changed, or it was resumed. Without `by` if the pause reached its latest end.',
    (t, { enums }) => ({
      pausedParts: t.field({
        type: [enums.CapturePart],
        description: 'What is paused from now on. Empty if the capture was resumed.',
        resolve: ({ fact }) => [...fact.parts],
      }),
      until: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the pause ends at the latest. Null if the capture was resumed.',
        resolve: ({ fact }) => fact.until,
      }),
      reason: t.string({
        nullable: true,
        description: 'Why it was paused, as given by the client.',
        resolve: ({ fact }) => fact.reason,
      }),
    }),
  ),
  ListeningChanged: event<'LISTENING_STARTED' | 'LISTENING_STOPPED'>(
    'A client started or stopped listening to the live audio, depending on `type`.',
    (t) => ({
      listenerId: t.id({
        description: 'Identifies the listener. The events of its start and its end have the same value.',
        resolve: ({ fact }) => fact.listenerId,
      }),
      by: t.string({
        description: 'The name of the access token of the listener.',
        resolve: ({ fact }) => fact.by!,
      }),
      since: t.field({
        type: 'DateTime',
        description: 'When the client started to listen.',
        resolve: ({ fact, at }) => (fact.type === 'LISTENING_STOPPED' ? fact.since : at),
      }),
    }),
  ),
} as const satisfies Record<EventTypeName, AddEventType>;

function utteranceOf(record: RecordOf<'UTTERANCE_FINALIZED'> | RecordOf<'UTTERANCE_REVISED'>) {
  const { callId, position, at, fact } = record;
  const { by, utterance } = fact;
  return { callId, position, at, utterance, ...(by !== undefined && { by }) };
}
