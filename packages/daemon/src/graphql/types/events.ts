/** Events: facts of the log as clients see them. One type for each shape, told apart by `__typename` and `type`. */
import type { CallFactOf, CallFactType, CallRecord } from '@sidetone/core';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Enums } from './enums.ts';
import type { Cursors } from '../../calls/cursor.ts';
import { callOf } from './lookup.ts';
import type { PageInfo } from './paging.ts';
import type { Refs } from './refs.ts';

/** Which GraphQL type shows which fact. */
const TYPE_NAMES = {
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
  CALL_NOTICE: 'CallNotice',
  RECORDING_STARTED: 'RecordingChanged',
  RECORDING_STOPPED: 'RecordingChanged',
  TRANSCRIPTION_CHANGED: 'TranscriptionChanged',
  LISTENING_STARTED: 'ListeningChanged',
  LISTENING_STOPPED: 'ListeningChanged',
} as const satisfies Record<CallFactType, string>;

/** The fact of a record whose type the schema has already told apart. */
const factOf = <Type extends CallFactType>(record: CallRecord): CallFactOf<Type> =>
  record.fact as CallFactOf<Type>;

export function addEvents(builder: Builder, refs: Refs, enums: Enums, deps: SchemaDeps): void {
  refs.CallEvent.implement({
    description: 'A fact about a call. Stored before anyone sees it, and numbered: `cursor` only rises.',
    resolveType: ({ fact }) => TYPE_NAMES[fact.type],
    fields: (t) => ({
      cursor: t.field({
        type: 'Cursor',
        description: 'Its place in the event log.',
        resolve: (record) => record.position,
      }),
      type: t.field({
        type: enums.CallEventType,
        description: 'What kind of fact it is.',
        resolve: ({ fact }) => fact.type,
      }),
      at: t.field({
        type: 'DateTime',
        description: "When it happened, by the provider's clock.",
        resolve: ({ at }) => at,
      }),
      call: t.field({
        type: refs.Call,
        description: 'The call, as it is now.',
        resolve: ({ callId }) => callOf(deps, callId),
      }),
    }),
  });

  const event = (name: (typeof TYPE_NAMES)[CallFactType], description: string) => {
    const ref = builder.objectRef<CallRecord>(name);
    ref.implement({ description, interfaces: [refs.CallEvent] });
    return ref;
  };

  event('CallStarted', 'A call came to be, or was first heard of.');
  event('CallUpdated', 'Something about a call was learned: its numbers, direction, assistant or times.');
  event('CallReported', 'The provider told what it knows after the end: summary, cost and the like.');

  builder.objectField(event('CallStatusChanged', 'A call moved on.'), 'status', (t) =>
    t.field({
      type: enums.CallStatus,
      description: 'To this status.',
      resolve: (record) => factOf<'CALL_STATUS_CHANGED'>(record).status,
    }),
  );
  builder.objectField(event('CallEnded', 'A call is over.'), 'end', (t) =>
    t.field({
      type: refs.CallEnd,
      description: 'How it ended.',
      resolve: (record) => factOf<'CALL_ENDED'>(record).end,
    }),
  );
  builder.objectField(event('UtteranceFinalized', 'Somebody said something.'), 'utterance', (t) =>
    t.field({
      type: refs.Utterance,
      description: 'What was said.',
      resolve: (record) => {
        const { callId, position, at } = record;
        return { callId, position, at, utterance: factOf<'UTTERANCE_FINALIZED'>(record).utterance };
      },
    }),
  );
  builder.objectField(
    event('UtteranceRevised', 'Better words were found for an utterance that was told before.'),
    'utterance',
    (t) =>
      t.field({
        type: refs.Utterance,
        description: 'What was said, under the same id.',
        resolve: (record) => {
          const { callId, position, at } = record;
          return { callId, position, at, utterance: factOf<'UTTERANCE_REVISED'>(record).utterance };
        },
      }),
  );
  builder.objectField(
    event('SpeechChanged', 'A party began or stopped speaking; `type` says which.'),
    'party',
    (t) =>
      t.field({
        type: enums.Party,
        description: 'Who.',
        resolve: (record) => factOf<'SPEECH_STARTED'>(record).party,
      }),
  );
  builder.objectField(event('DtmfReceived', 'Keys were pressed.'), 'digits', (t) =>
    t.string({
      description: 'Of `0-9 * # A-D`.',
      resolve: (record) => factOf<'DTMF_RECEIVED'>(record).digits,
    }),
  );
  builder.objectField(
    event('StreamChanged', 'A media stream began or ended; `type` says which.'),
    'stream',
    (t) =>
      t.field({
        type: refs.MediaStream,
        description: 'The stream, as it is now.',
        resolve: async ({ fact }) => {
          const id =
            fact.type === 'STREAM_STARTED'
              ? fact.stream.id
              : factOf<'STREAM_STOPPED'>({ fact } as CallRecord).streamId;
          return (await deps.history.stream(id))!;
        },
      }),
  );
  builder.objectFields(event('CommandChanged', 'A command was requested or settled.'), (t) => ({
    command: t.field({
      type: refs.Command,
      description: 'The command, as it was at that moment.',
      resolve: (record) => ({ callId: record.callId, command: factOf<'COMMAND_CHANGED'>(record).command }),
    }),
    commandStatus: t.field({
      type: enums.CommandStatus,
      description: 'The status at that moment.',
      resolve: (record) => factOf<'COMMAND_CHANGED'>(record).command.status,
    }),
  }));
  builder.objectField(
    event('TransferStarted', 'The call is being moved to somebody else.'),
    'destination',
    (t) =>
      t.string({
        nullable: true,
        description: 'To whom: a number, an address or a name.',
        resolve: (record) => factOf<'TRANSFER_STARTED'>(record).destination,
      }),
  );
  builder.objectField(event('AssistantChanged', 'Another assistant talks now.'), 'assistant', (t) =>
    t.field({
      type: refs.Assistant,
      nullable: true,
      description: 'Which.',
      resolve: (record) => factOf<'ASSISTANT_CHANGED'>(record).assistant,
    }),
  );
  builder.objectFields(event('CallAnnotated', 'Someone tagged a call, or wrote a note about it.'), (t) => ({
    tagsAdded: t.stringList({
      description: 'The tags that the call has now and had not before.',
      resolve: (record) => [...(factOf<'CALL_ANNOTATED'>(record).tagsAdded ?? [])],
    }),
    tagsRemoved: t.stringList({
      description: 'The tags that the call had and has no longer.',
      resolve: (record) => [...(factOf<'CALL_ANNOTATED'>(record).tagsRemoved ?? [])],
    }),
    note: t.field({
      type: refs.Note,
      nullable: true,
      description: 'The note that was written.',
      resolve: (record) => {
        const { note } = factOf<'CALL_ANNOTATED'>(record);
        return note && { callId: record.callId, at: record.at, note };
      },
    }),
  }));
  builder.objectFields(event('CallNotice', 'Something that an operator should know.'), (t) => ({
    code: t.string({
      description: 'For programs.',
      resolve: (record) => factOf<'CALL_NOTICE'>(record).code,
    }),
    message: t.string({
      description: 'For people.',
      resolve: (record) => factOf<'CALL_NOTICE'>(record).message,
    }),
  }));

  builder.objectField(
    event('RecordingChanged', 'The recording of a call began, went on after the daemon was away, or ended.'),
    'recording',
    (t) =>
      t.field({
        type: refs.Recording,
        nullable: true,
        description: 'The recording, as it is now; null when there is nothing to hear of it.',
        resolve: ({ callId }) => deps.recordings.find(callId),
      }),
  );
  builder.objectFields(
    event('TranscriptionChanged', 'The transcribing of a call began, is doing otherwise, or ended.'),
    (t) => ({
      transcription: t.field({
        type: refs.Transcription,
        description: 'As it was at that moment.',
        resolve: (record) => ({
          ...factOf<'TRANSCRIPTION_CHANGED'>(record).transcription,
          since: record.at,
        }),
      }),
      by: t.string({
        nullable: true,
        description: 'Who asked for it: the name of their access token. Null where nobody did.',
        resolve: (record) => factOf<'TRANSCRIPTION_CHANGED'>(record).by,
      }),
    }),
  );
  builder.objectFields(
    event('ListeningChanged', 'Someone began or stopped to hear a call live; `type` says which.'),
    (t) => ({
      listenerId: t.id({
        description: 'The same for a beginning and its end.',
        resolve: (record) => factOf<'LISTENING_STARTED'>(record).listenerId,
      }),
      by: t.string({
        description: 'Who: the name of their access token.',
        resolve: (record) => factOf<'LISTENING_STARTED'>(record).by,
      }),
      since: t.field({
        type: 'DateTime',
        description: 'When they began.',
        resolve: ({ fact, at }) => (fact.type === 'LISTENING_STOPPED' ? fact.since : at),
      }),
    }),
  );

  addEventList(refs);
}

function addEventList(refs: Refs): void {
  refs.CallEventEdge.implement({
    description: 'An event in a list, with its place.',
    fields: (t) => ({
      cursor: t.field({ type: 'Cursor', description: 'For `after`.', resolve: ({ position }) => position }),
      node: t.field({ type: refs.CallEvent, description: 'The event itself.', resolve: (record) => record }),
    }),
  });
  refs.CallEventConnection.implement({
    description: 'A page of events, oldest first.',
    fields: (t) => ({
      edges: t.field({
        type: [refs.CallEventEdge],
        description: 'The page.',
        resolve: ({ rows }) => [...rows],
      }),
      nodes: t.field({ type: [refs.CallEvent], description: 'The page.', resolve: ({ rows }) => [...rows] }),
      pageInfo: t.field({
        type: refs.PageInfo,
        description: 'Where it stands.',
        resolve: (page) => page.info,
      }),
    }),
  });
}

/** Where a page of a call's events stands; its cursors are those of the log. */
export function eventPageInfo(
  rows: readonly CallRecord[],
  hasNextPage: boolean,
  hasPreviousPage: boolean,
  cursors: Cursors,
): PageInfo {
  const cursorOf = (record: CallRecord | undefined) => (record ? cursors.encode(record.position) : null);
  return { hasNextPage, hasPreviousPage, startCursor: cursorOf(rows[0]), endCursor: cursorOf(rows.at(-1)) };
}
