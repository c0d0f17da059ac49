/** The normalised cache: objects with an id are stored once, all others are embedded in their parent. */
import { cacheExchange, type KeyGenerator } from '@urql/exchange-graphcache';
import type { Exchange } from 'urql';
import type { introspection } from './schema-types.ts';

type Types = introspection['types'];
type WithoutId = {
  [Name in keyof Types]: Types[Name] extends { kind: 'OBJECT'; fields: infer Fields }
    ? 'id' extends keyof Fields
      ? never
      : Name
    : never;
}[keyof Types];

const embedded: KeyGenerator = () => null;

/** A new schema type without an id does not compile until it is listed here. */
const KEYS = {
  Assistant: embedded,
  AssistantChanged: embedded,
  AudioLevels: embedded,
  AccessToken: embedded,
  AuditEntry: embedded,
  AuditEntryConnection: embedded,
  AuditEntryEdge: embedded,
  CreateTokenPayload: embedded,
  Backfill: embedded,
  CallAnnotated: embedded,
  CallConnection: embedded,
  CallEdge: embedded,
  CallEnd: embedded,
  CallEnded: embedded,
  CallEventConnection: embedded,
  CallEventEdge: embedded,
  CallLevels: embedded,
  CallReported: embedded,
  CallStarted: embedded,
  CallStats: embedded,
  CallStatusChanged: embedded,
  CallHold: embedded,
  CallHoldChanged: embedded,
  CallTag: embedded,
  CaptureChanged: embedded,
  CapturePause: embedded,
  CallPresence: embedded,
  CallWatched: embedded,
  CallUpdated: embedded,
  CommandChanged: embedded,
  CommandConnection: embedded,
  CommandEdge: embedded,
  CommandPayload: embedded,
  DtmfReceived: embedded,
  DurationPercentiles: embedded,
  EndCategoryCount: embedded,
  Failure: embedded,
  ListeningChanged: embedded,
  LiveCallChanged: embedded,
  LiveCallsSnapshot: embedded,
  Money: embedded,
  PageInfo: embedded,
  PartyLevel: embedded,
  PartyWaveform: embedded,
  ProviderCount: embedded,
  Diagnostic: embedded,
  ProviderDiagnostics: embedded,
  ProviderNotice: embedded,
  ProviderRequest: embedded,
  CallNotice: embedded,
  EraseNumberPayload: embedded,
  ErasePayload: embedded,
  RetentionRule: embedded,
  RetentionStatus: embedded,
  Recording: embedded,
  RecordingChanged: embedded,
  SignedUrl: embedded,
  SpeechChanged: embedded,
  StatsPoint: embedded,
  TagCount: embedded,
  StatsSeries: embedded,
  StreamChanged: embedded,
  Transcription: embedded,
  TranscriptionChanged: embedded,
  TranscriptMatch: embedded,
  TranscriptMatchConnection: embedded,
  TranscriptMatchEdge: embedded,
  TranscriptUpdate: embedded,
  TransferStarted: embedded,
  UtteranceConnection: embedded,
  UtteranceEdge: embedded,
  UtteranceFinalized: embedded,
  UtteranceRevised: embedded,
  Viewer: embedded,
  WebhookUrl: embedded,
  WatchCallPayload: embedded,
} satisfies Record<Exclude<WithoutId, 'Query' | 'Mutation' | 'Subscription'>, KeyGenerator>;

type PossibleTypes = {
  [Name in keyof Types as Types[Name] extends { possibleTypes: string } ? Name : never]: Types[Name] extends {
    possibleTypes: infer Members extends string;
  }
    ? Record<Members, true>
    : never;
};

/** The member types of each interface and union. Without them, the cache matches fragments heuristically. */
const POSSIBLE_TYPES = {
  CallEvent: {
    AssistantChanged: true,
    CallAnnotated: true,
    CallEnded: true,
    CallReported: true,
    CallStarted: true,
    CallStatusChanged: true,
    CallUpdated: true,
    CallWatched: true,
    CaptureChanged: true,
    CommandChanged: true,
    DtmfReceived: true,
    ListeningChanged: true,
    CallHoldChanged: true,
    CallNotice: true,
    RecordingChanged: true,
    SpeechChanged: true,
    StreamChanged: true,
    TranscriptionChanged: true,
    TransferStarted: true,
    UtteranceFinalized: true,
    UtteranceRevised: true,
  },
  LiveCallsUpdate: { LiveCallChanged: true, LiveCallsSnapshot: true },
  Node: { Call: true, Command: true, Provider: true, Utterance: true },
} satisfies PossibleTypes;

const possibleTypes = Object.fromEntries(
  Object.entries(POSSIBLE_TYPES).map(([name, members]) => [name, Object.keys(members)]),
);

export const createCache = (): Exchange =>
  cacheExchange({
    keys: KEYS,
    possibleTypes,
    resolvers: { Query: { call: (_query, { id }) => ({ __typename: 'Call', id: id as string }) } },
  });
