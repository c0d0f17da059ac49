/** References to the types of the schema, with the TypeScript types of their values. Other modules add the fields. */
import type {
  Assistant,
  Call,
  CallEnd,
  CallHold,
  CallRecord,
  CallTranscription,
  CapturePause,
  Diagnostic,
  Failure,
  Money,
  TagOrigin,
} from '@sidetone/core';
import type { Backfill } from '../../backfill/backfill-service.ts';
import type { CommandOutcome, WatchOutcome } from '../../commands/command-outcome.ts';
import type { CallPresence, LevelsItem, LiveCallsItem, PartyLevel } from '../../live/ports.ts';
import type { PartyPeaks } from '../../audio/ports.ts';
import type { DiagnosticReport } from '../../plugins/provider/diagnostics.ts';
import type { ProviderNotice, WebhookUrl } from '../../plugins/provider/provider-notices.ts';
import type { ProviderView, TranscriberView } from '../../plugins/ports.ts';
import type { RecentRequest } from '../../plugins/requests/recent-requests.ts';
import type { Recording } from '../../recording/ports.ts';
import type { ShownUtterance, StoredCommand, StoredNote } from '../../calls/ports.ts';
import type { StoredStream, TranscriptMatch } from '../../history/ports.ts';
import type { Builder } from '../builder.ts';
import { addConnection, addPageInfo, type PageInfo } from '../lists/connection.ts';
import type { CallFilterInput } from '../lists/filter-input.ts';

/** A tag of a call, with its origin if that is known. */
export type CallTag = Pick<TagOrigin, 'tag'> & Partial<TagOrigin>;

/** A page of the events of a call. It is read forward only, by cursors of the event log. */
interface EventPage {
  readonly rows: readonly CallRecord[];
  readonly info: PageInfo;
}

/** A URL that grants access to the audio of one call. */
export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: number;
}

export type Refs = ReturnType<typeof createRefs>;

export function createRefs(builder: Builder) {
  const CallRef = builder.objectRef<Call>('Call');
  const UtteranceRef = builder.objectRef<ShownUtterance>('Utterance');
  const CommandRef = builder.objectRef<StoredCommand>('Command');
  const TranscriptMatchRef = builder.objectRef<TranscriptMatch>('TranscriptMatch');
  const PageInfo = addPageInfo(builder);

  return {
    Node: builder.interfaceRef<object>('Node'),
    Call: CallRef,
    CallEnd: builder.objectRef<CallEnd>('CallEnd'),
    Assistant: builder.objectRef<Assistant>('Assistant'),
    Money: builder.objectRef<Money>('Money'),
    PartyLevel: builder.objectRef<PartyLevel>('PartyLevel'),
    PartyWaveform: builder.objectRef<PartyPeaks>('PartyWaveform'),
    Recording: builder.objectRef<Recording>('Recording'),
    SignedUrl: builder.objectRef<SignedUrl>('SignedUrl'),
    MediaStream: builder.objectRef<StoredStream>('MediaStream'),
    Utterance: UtteranceRef,
    TranscriptMatch: TranscriptMatchRef,
    Note: builder.objectRef<StoredNote>('Note'),
    CallHold: builder.objectRef<CallHold>('CallHold'),
    CapturePause: builder.objectRef<CapturePause>('CapturePause'),
    CallPresence: builder.objectRef<CallPresence>('CallPresence'),
    CallTag: builder.objectRef<CallTag>('CallTag'),
    Provider: builder.objectRef<ProviderView>('Provider'),
    ProviderRequest: builder.objectRef<RecentRequest>('ProviderRequest'),
    ProviderNotice: builder.objectRef<ProviderNotice>('ProviderNotice'),
    ProviderDiagnostics: builder.objectRef<DiagnosticReport>('ProviderDiagnostics'),
    Diagnostic: builder.objectRef<Diagnostic>('Diagnostic'),
    WebhookUrl: builder.objectRef<WebhookUrl>('WebhookUrl'),
    Transcriber: builder.objectRef<TranscriberView>('Transcriber'),
    Transcription: builder.objectRef<CallTranscription & { readonly since: number }>('Transcription'),
    Command: CommandRef,
    Failure: builder.objectRef<Failure>('Failure'),
    CommandPayload: builder.objectRef<CommandOutcome>('CommandPayload'),
    WatchCallPayload: builder.objectRef<WatchOutcome>('WatchCallPayload'),
    Backfill: builder.objectRef<Backfill>('Backfill'),
    CallEvent: builder.interfaceRef<CallRecord>('CallEvent'),
    CallEventEdge: builder.objectRef<CallRecord>('CallEventEdge'),
    CallEventConnection: builder.objectRef<EventPage>('CallEventConnection'),
    LiveCallsSnapshot: builder.objectRef<Extract<LiveCallsItem, { type: 'SNAPSHOT' }>>('LiveCallsSnapshot'),
    LiveCallChanged: builder.objectRef<Extract<LiveCallsItem, { type: 'CHANGED' }>>('LiveCallChanged'),
    TranscriptUpdate: builder.objectRef<ShownUtterance>('TranscriptUpdate'),
    AudioLevels: builder.objectRef<LevelsItem>('AudioLevels'),
    CallLevels: builder.objectRef<LevelsItem['calls'][number]>('CallLevels'),
    PageInfo,
    CallConnection: addConnection(builder, PageInfo, { name: 'Call', node: CallRef, isCounted: true }),
    UtteranceConnection: addConnection(builder, PageInfo, {
      name: 'Utterance',
      node: UtteranceRef,
      isCounted: true,
    }),
    CommandConnection: addConnection(builder, PageInfo, {
      name: 'Command',
      node: CommandRef,
      isCounted: false,
    }),
    TranscriptMatchConnection: addConnection(builder, PageInfo, {
      name: 'TranscriptMatch',
      node: TranscriptMatchRef,
      isCounted: false,
    }),
    CallFilter: builder.inputRef<CallFilterInput>('CallFilter'),
  };
}
