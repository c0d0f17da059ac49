/**
 * What the application needs of the world, as interfaces. `store`, `hub`, `plugins` and `audio` implement them;
 * nothing in `app` knows how.
 */
import type {
  BackfillPage,
  BackfillRequest,
  Call,
  CallFact,
  CallFactType,
  CallId,
  CallRecord,
  CallStatus,
  CallDirection,
  Capability,
  Command,
  CommandId,
  ControlArguments,
  ControlName,
  ControlledCall,
  Level,
  Party,
  PlaceCallArguments,
  ProviderCallId,
  ProviderId,
  ProviderState,
  StreamId,
  Utterance,
  UtteranceId,
  Want,
} from '@sidetone/core';

/** A fact that is decided but not stored, with the call as it is after it. */
export interface Draft {
  readonly callId: CallId;
  readonly at: number;
  readonly fact: CallFact;
  readonly call: Call;
  readonly dedupeKey?: string;
}

/** The writing side of the store. Synchronous: the heart of the daemon does not wait. */
export interface CallLedger {
  /** Stores facts and all that follows from them in one transaction, and numbers them. Throws and stores nothing, or stores all. */
  commit(drafts: readonly Draft[]): readonly CallRecord[];
  find(providerId: ProviderId, providerCallId: ProviderCallId): Call | undefined;
  get(callId: CallId): Call | undefined;
  knowsKey(callId: CallId, dedupeKey: string): boolean;
  /** What was said in a call so far, in the order in which it was said. */
  utterances(callId: CallId): readonly Utterance[];
  live(): readonly Call[];
  /** What a daemon that did not stop cleanly left open. */
  unfinished(): {
    readonly streams: readonly UnfinishedStream[];
    readonly commands: readonly UnfinishedCommand[];
  };
}
export interface UnfinishedStream {
  readonly callId: CallId;
  readonly streamId: StreamId;
}
export interface UnfinishedCommand {
  readonly callId: CallId;
  readonly command: Command;
}

/** Which records a reader of the log wants. */
export interface RecordFilter {
  readonly callId?: CallId;
  readonly types?: readonly CallFactType[];
}

/** The reading side of the event log. */
export interface EventLog {
  /** Stored records behind `after`, oldest first. */
  page(after: number, limit: number, filter: RecordFilter): Promise<readonly CallRecord[]>;
  /** Position of the newest record; 0 when there is none. */
  latest(): number;
  /** Names this log, so that a cursor of another one is recognised. */
  readonly logId: string;
}

export interface CallFilter {
  readonly providerIds?: readonly ProviderId[];
  readonly statuses?: readonly CallStatus[];
  readonly live?: boolean;
  readonly directions?: readonly CallDirection[];
  readonly createdAfter?: number;
  readonly createdBefore?: number;
}

/** A place in a sorted list: the sort key and, where it is not unique, the id that breaks the tie. */
export interface Place {
  readonly key: number;
  readonly id: string;
}

/** Which part of a list is asked for: `limit` rows behind `after` or, backward, before `before`. */
export interface Window {
  readonly limit: number;
  readonly backward: boolean;
  readonly after?: Place;
  readonly before?: Place;
}

/** Rows in list order, and whether there are more beyond the end that was read towards. */
export interface Slice<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

export interface StoredUtterance {
  readonly callId: CallId;
  readonly position: number;
  readonly at: number;
  /** Where it stands in the call. */
  readonly orderMs: number;
  readonly utterance: Utterance;
}

export interface StoredCommand {
  readonly callId: CallId;
  readonly command: Command;
}

export interface StoredStream {
  readonly id: StreamId;
  readonly providerStreamId: string | null;
  readonly encoding: string;
  readonly sampleRate: number;
  readonly parties: readonly Party[];
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
  readonly frames: number;
  readonly bytes: number;
  readonly missingFrames: number;
}

/** History, for queries. */
export interface History {
  call(id: CallId): Promise<Call | undefined>;
  callByProviderId(providerId: ProviderId, providerCallId: ProviderCallId): Promise<Call | undefined>;
  /** Newest first. */
  calls(filter: CallFilter, window: Window): Promise<Slice<Call>>;
  countCalls(filter: CallFilter): Promise<number>;
  utterance(id: UtteranceId): Promise<StoredUtterance | undefined>;
  /** In the order in which they were said; what a report adds later stands where it was said. */
  utterances(callId: CallId, window: Window): Promise<Slice<StoredUtterance>>;
  countUtterances(callId: CallId): Promise<number>;
  command(id: CommandId): Promise<StoredCommand | undefined>;
  /** Newest first. */
  commands(callId: CallId, window: Window): Promise<Slice<StoredCommand>>;
  streams(callId: CallId): Promise<readonly StoredStream[]>;
  stream(id: StreamId): Promise<StoredStream | undefined>;
}

/** A small durable key/value store, one for each provider instance. */
export interface StateStore {
  get(providerId: ProviderId, key: string): string | undefined;
  set(providerId: ProviderId, key: string, value: string): void;
  delete(providerId: ProviderId, key: string): void;
  list(providerId: ProviderId, prefix: string): readonly (readonly [string, string])[];
}

/** Whether anyone wants something of a call now. */
export interface Wants {
  wants(want: Want, callId: CallId): boolean;
}

/** Who wants what, with a bell: the listener gets the call that it is about, or nothing when it is about every call. */
export interface WantsBook extends Wants {
  listen(listener: (callId: CallId | undefined) => void): () => void;
}

/** Where stored records go: to the readers that wait for them. */
export interface RecordFeed {
  publish(records: readonly CallRecord[]): void;
  /** The newest position that readers may know of. */
  readonly position: number;
}

/** Words that may still change: the newest of each party of each call. */
export interface PartialBoard {
  set(callId: CallId, party: Party, text: string, at: number): void;
  /** Forgets a party's partial, because its final came, and gives the id that it was shown under. */
  take(callId: CallId, party: Party): UtteranceId | undefined;
  forget(callId: CallId): void;
}

/** The provider instances, as the application sees them. */
export interface ProviderDirectory {
  list(): readonly ProviderView[];
  get(id: ProviderId): ProviderView | undefined;
}

export interface ProviderView {
  readonly id: ProviderId;
  readonly plugin: string;
  readonly displayName: string;
  readonly state: ProviderState;
  readonly stateMessage: string | undefined;
  /** What the provider can do at all. */
  readonly capabilities: readonly Capability[];
  /** What can be done to this call now. */
  capabilitiesFor(call: ControlledCall): readonly Capability[];
  /** Asks the provider. Rejects with a fault whose code is a failure code; bounded in time. */
  control<Name extends ControlName>(
    name: Name,
    call: ControlledCall,
    args: ControlArguments[Name],
    commandId: CommandId,
  ): Promise<void>;
  /** Asks the provider to begin a call, and gives our id of it. Rejects as `control` does. */
  placeCall(args: PlaceCallArguments, commandId: CommandId): Promise<CallId>;
  /** Past calls, page by page, where the provider tells of them. */
  readonly backfill?: (request: BackfillRequest, signal: AbortSignal) => AsyncIterable<BackfillPage>;
}

/** A party's newest reading. */
export interface PartyLevel extends Level {
  readonly party: Party;
  readonly at: number;
}

/** Who is how loud. */
export interface LevelSource {
  /** Levels of a call over the last `windowMs`; empty when nothing of it has been heard. */
  read(callId: CallId, windowMs: number): readonly PartyLevel[];
  /** The calls that have been heard. */
  calls(): readonly CallId[];
}

/** A transcript as it comes: finals with their position, partials without. */
export interface TranscriptItem {
  readonly callId: CallId;
  readonly utterance: Utterance;
  readonly at: number;
  /** Absent for a partial: it is never stored. */
  readonly position?: number;
}

export interface LevelsItem {
  readonly at: number;
  readonly calls: readonly { readonly callId: CallId; readonly parties: readonly PartyLevel[] }[];
}

/**
 * What happens now, for subscriptions. Every iterator is pulled by its reader, holds no queue of its own, and lets go
 * of everything when its `return` is called.
 */
export interface LiveFeeds {
  /** Everything behind `after`, then what comes; from now on without it. */
  records(filter: RecordFilter, after?: number): AsyncIterableIterator<CallRecord>;
  transcript(callId: CallId, after?: number): AsyncIterableIterator<TranscriptItem>;
  /** Levels of the named calls, or of every call, at most once per interval and only what changed. */
  levels(callIds: readonly CallId[] | undefined, intervalMs: number): AsyncIterableIterator<LevelsItem>;
}
