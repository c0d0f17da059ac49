/**
 * What the application needs of the world, as interfaces. `store`, `hub`, `plugins` and `audio` implement them;
 * nothing in `app` knows how.
 */
import type { Readable } from 'node:stream';
import { RECORDING_ENDS } from '@sidetone/core';
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
  EndCategory,
  Level,
  ListenerId,
  Note,
  Party,
  PlaceCallArguments,
  ProviderCallId,
  ProviderId,
  ProviderState,
  StreamId,
  TranscriptionRequest,
  Utterance,
  UtteranceId,
  Want,
} from '@sidetone/core';
import type { CallOrder } from './history/call-order.ts';
import type { StatsBucket } from './history/stats-bucket.ts';

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
  /** A final utterance by its id, of whatever call. */
  utterance(id: UtteranceId): StoredUtterance | undefined;
  /** What was said in a call so far, in the order in which it was said. */
  utterances(callId: CallId): readonly Utterance[];
  /** The command that its requester gave this key. */
  commandByKey(requestedBy: string, key: string): StoredCommand | undefined;
  /** Stores a command that has no call, or none yet, beside the log. Throws as `commit` does. */
  putCommand(command: Command): void;
  /** Erases everything about a call in one transaction. Throws as `commit` does. */
  erase(callId: CallId): void;
  /** Whether something that was erased may still be read in the file. */
  isScrubDue(): boolean;
  /** One step of some milliseconds towards that nothing is. */
  scrub(): Scrub;
  live(): readonly Call[];
  /** What a daemon that did not stop cleanly left open. */
  unfinished(): {
    readonly streams: readonly UnfinishedStream[];
    readonly commands: readonly StoredCommand[];
    readonly listenings: readonly StoredListening[];
  };
}

/** How far the scrubbing of what was erased has come: BUSY when it waits for a reader. */
export type Scrub = 'MORE' | 'BUSY' | 'DONE';

/** Someone's hearing of a call live. */
export interface StoredListening {
  readonly callId: CallId;
  readonly id: ListenerId;
  /** The name of their access token. */
  readonly by: string;
  readonly startedAt: number;
}

export interface UnfinishedStream {
  readonly callId: CallId;
  readonly streamId: StreamId;
}

/** What can be told of a call without asking the store what was said in it. */
export type LiveCallFilter = Omit<CallFilter, 'said'>;

/** Which records a reader of the log wants. */
export interface RecordFilter {
  readonly callId?: CallId;
  readonly types?: readonly CallFactType[];
  /** Only of calls that match as they are when the record is read. */
  readonly calls?: LiveCallFilter;
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
  readonly endCategories?: readonly EndCategory[];
  /** Epoch ms; the first is within, the second is not. */
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  /** From answer to end; a call that is live, or was never answered, has no length. Both are within. */
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Digits that `from` or `to` begins with. */
  readonly number?: string;
  /** All of them. */
  readonly tags?: readonly string[];
  /** Words said in it, as a client searches for them. */
  readonly said?: string;
}

/** A place in a sorted list: the sort key, null where a row has none, and the id that breaks ties. */
export interface Place {
  readonly key: number | null;
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

/** An utterance as it is shown: a final with its place in the log, or a partial without. */
export type ShownUtterance = Omit<StoredUtterance, 'position' | 'orderMs'> &
  Partial<Pick<StoredUtterance, 'position' | 'orderMs'>>;

export interface StoredCommand {
  /** Absent from the attempt to place a call that came to nothing, or has not come to a call yet. */
  readonly callId?: CallId;
  readonly command: Command;
}

export interface StoredNote {
  readonly callId: CallId;
  /** When it was written, epoch ms. */
  readonly at: number;
  readonly note: Note;
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

/** Words that were found, with what was said around them. */
export interface TranscriptMatch {
  readonly utterance: StoredUtterance;
  /** What was said, with `[` and `]` around what matches. */
  readonly snippet: string;
}

/** Which of a call's events are asked for: `limit` of them behind `after`. */
export interface EventWindow {
  readonly limit: number;
  readonly after: number;
  readonly types?: readonly CallFactType[];
}

/** How many calls there are of one kind, and how long they took: only those that were answered and are over count. */
export interface CallTotals {
  readonly providerId: ProviderId;
  readonly isLive: boolean;
  readonly endCategory: EndCategory | null;
  readonly calls: number;
  readonly measured: number;
  readonly durationMs: number;
}

/** The calls that came to be within one stretch of time. */
export interface BucketTotals {
  /** When it begins, epoch ms. */
  readonly at: number;
  readonly calls: number;
  readonly durationMs: number;
}

/**
 * History, for queries. What is asked of it at the same moment, one by one, is answered together: as many statements for
 * fifty calls as for one. Every answer sees all that was stored before it was asked for. Waits for a bounded time.
 * Rejects with HISTORY_TIMEOUT or HISTORY_UNAVAILABLE, or with LIMIT_EXCEEDED when too much is being asked.
 */
export interface History {
  call(id: CallId): Promise<Call | undefined>;
  callByProviderId(providerId: ProviderId, providerCallId: ProviderCallId): Promise<Call | undefined>;
  /** Newest first, unless told otherwise. */
  calls(filter: CallFilter, window: Window, order?: CallOrder): Promise<Slice<Call>>;
  countCalls(filter: CallFilter): Promise<number>;
  /** By provider, whether they are live, and how they ended. */
  callTotals(filter: CallFilter): Promise<readonly CallTotals[]>;
  /** The first `limit` stretches in which calls came to be, oldest first. */
  callBuckets(filter: CallFilter, bucket: StatsBucket, limit: number): Promise<readonly BucketTotals[]>;
  /** Where the words were said: what was told last stands first. Nothing when there is no word in `words`. */
  search(words: string, filter: CallFilter, window: Window): Promise<Slice<TranscriptMatch>>;
  utterance(id: UtteranceId): Promise<StoredUtterance | undefined>;
  /** In the order in which they were said; what a report adds later stands where it was said. */
  utterances(callId: CallId, window: Window): Promise<Slice<StoredUtterance>>;
  countUtterances(callId: CallId): Promise<number>;
  /** All that was said, in order. */
  transcript(callId: CallId): Promise<readonly TranscriptLine[]>;
  command(id: CommandId): Promise<StoredCommand | undefined>;
  /** Newest first. */
  commands(callId: CallId, window: Window): Promise<Slice<StoredCommand>>;
  /** Oldest first. */
  events(callId: CallId, window: EventWindow): Promise<Slice<CallRecord>>;
  /** Oldest first. */
  notes(callId: CallId): Promise<readonly StoredNote[]>;
  streams(callId: CallId): Promise<readonly StoredStream[]>;
  stream(id: StreamId): Promise<StoredStream | undefined>;
}

export type TranscriptLine = Pick<Utterance, 'party' | 'text'>;

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

/** Where wants are held. */
export interface WantsKeeper extends Wants {
  /** Wants something of the named calls, or of every call, until the function that comes back is called. */
  add(want: Want, callIds: readonly CallId[] | undefined): () => void;
}

/** Takes the audio of a call, frame by frame, in order. Must not wait, and must not throw. */
export interface AudioSink {
  /** Whether frames are wanted also before anything was heard: silence, then. */
  readonly wantsSilence: boolean;
  /**
   * Whether frames may come a fifth of a second later than for those who listen, so that audio which is late is still in them.
   */
  readonly isPatient?: boolean;
  /**
   * Takes 20 ms at 16 kHz: the customer's and the assistant's samples, interleaved. All sinks are given the same: it is
   * only to be read. `at` is when it begins, epoch ms; times that follow each other are 20 ms apart, or whole frames more.
   */
  frame(samples: Int16Array, at: number): void;
}

/** The live audio of calls. */
export interface AudioSource {
  /** Gives the sink the audio of a call from now on, until the function that comes back is called. */
  join(callId: CallId, sink: AudioSink): () => void;
}

/** Who wants what, with a bell: the listener gets the call that it is about, or nothing when it is about every call. */
export interface WantsBook extends Wants {
  listen(listener: (callId: CallId | undefined) => void): () => void;
}

/** Where stored records go: to the readers that wait for them. */
export interface RecordFeed {
  publish(records: readonly CallRecord[]): void;
  /** Forgets the records of a call that was erased. */
  forget(callId: CallId): void;
  /** The newest position that readers may know of. */
  readonly position: number;
}

/** Words that may still change: the newest of each party of each call. */
export interface PartialBoard {
  /** Shows words in place of the party's last, under its id; or under `id`, when whoever tells them names them. Gives the id. */
  set(callId: CallId, party: Party, text: string, at: number, id?: UtteranceId): UtteranceId;
  /** Forgets a party's partial, because its final came, and gives the id that it was shown under. A named one stays. */
  take(callId: CallId, party: Party): UtteranceId | undefined;
  /** Forgets a named partial, because its final came. */
  drop(callId: CallId, id: UtteranceId): void;
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
  /** Whether it tells what is said in its calls. */
  readonly tellsWords: boolean;
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
  /** Takes up a live call that others set up, where the provider can. Rejects as `control` does. */
  readonly watch?: (providerCallId: ProviderCallId, commandId: CommandId) => Promise<void>;
  /** Past calls, page by page, where the provider tells of them. */
  readonly backfill?: (request: BackfillRequest, signal: AbortSignal) => AsyncIterable<BackfillPage>;
}

/** The transcriber instances, as the application sees them. */
export interface TranscriberDirectory {
  list(): readonly TranscriberView[];
  get(id: string): TranscriberView | undefined;
  /** Calls back whenever one runs that did not before. */
  onRunning(listener: (id: string) => void): void;
}

export interface TranscriberView {
  /** Its key in the configuration. */
  readonly id: string;
  readonly plugin: string;
  readonly displayName: string;
  readonly state: ProviderState;
  readonly stateMessage: string | undefined;
  /**
   * Begins to transcribe a call. When the instance ends before it, the request is told that it has FAILED.
   * @throws {FaultError} PROVIDER_NOT_RUNNING, or what the plugin threw.
   */
  open(request: TranscriptionRequest): OpenTranscription;
}

/** A call that a transcriber hears. Nothing here throws. */
export interface OpenTranscription {
  write(party: Party, bytes: Uint8Array, atMs: number): void;
  /** No more audio comes. Settles once the last words were told, or they have taken too long. Never rejects. */
  end(): Promise<void>;
  /** Nothing more is wanted. */
  cut(): void;
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

export const RECORDING_STATES = ['RECORDING', ...RECORDING_ENDS] as const;
/** RECORDING while it is being written. */
export type RecordingState = (typeof RECORDING_STATES)[number];

/** What is known of a call's recording. */
export interface StoredRecording {
  readonly callId: CallId;
  readonly state: RecordingState;
  /** When its first sample was heard, epoch ms. */
  readonly startedAt: number;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Null while it is being written, as are its length and size. */
  readonly endedAt: number | null;
  readonly durationMs: number | null;
  /** Of samples, without the head of the file. */
  readonly bytes: number | null;
}

/** Which recordings there are. Their rows follow from facts; here they are only read. */
export interface RecordingRows {
  get(callId: CallId): StoredRecording | undefined;
  /** Those that are being written, or were when the daemon stopped unexpectedly. */
  open(): readonly StoredRecording[];
}

/** A recording as it can be heard now, also while it is being written. */
export interface Recording extends StoredRecording {
  readonly durationMs: number;
  readonly bytes: number;
}

/** A recording's file, opened for reading. */
export interface RecordingFile {
  /** Of the whole file as it is now, with its head. */
  readonly bytes: number;
  /** When something was written to it last, epoch ms. */
  readonly changedAt: number;
  /** The bytes `[from, to)` of a valid WAV file. Whoever reads it lets it end, or destroys it. */
  read(from: number, to: number): Readable;
}

/** The recordings of calls, for those who want to hear them. */
export interface RecordingArchive {
  /** Nothing when the call has none, or none with any sound. */
  find(callId: CallId): Recording | undefined;
  /** Nothing when there is none, or its file is gone. */
  open(callId: CallId): Promise<RecordingFile | undefined>;
}

/** A minute of one party's loudness. */
export interface WaveformPiece {
  readonly callId: CallId;
  readonly party: Party;
  /** Minutes since the epoch. */
  readonly piece: number;
  /** The largest sample of each tenth of a second: half decibels below full scale, 255 where there is no reading. */
  readonly peaks: Uint8Array;
}

/** Where waveforms are kept. They follow from no fact. */
export interface WaveformStore {
  /** Stores pieces in place of those of the same minute, all or none. Throws as `commit` does. */
  put(pieces: readonly WaveformPiece[]): void;
  get(callId: CallId, party: Party, piece: number): Uint8Array | undefined;
  /** All of a call, in order. */
  list(callId: CallId): readonly WaveformPiece[];
}

export interface PartyPeaks {
  readonly party: Party;
  /** dBFS: 0 is full scale, -90 is silence. */
  readonly peaksDb: readonly number[];
}

/** How loud calls were. */
export interface WaveformSource {
  /** Between two instants (epoch ms), in `points` readings of equal length; empty when nothing was metered. */
  read(callId: CallId, from: number, to: number, points: number): readonly PartyPeaks[];
}

/** A transcript as it comes: finals with their position, partials without. */
export interface TranscriptItem {
  readonly callId: CallId;
  readonly utterance: Utterance;
  readonly at: number;
  /** Absent for a partial: it is never stored. */
  readonly position?: number;
}

/** The live calls: all of them at first, then one that began, changed or ended. */
export type LiveCallsItem =
  | { readonly type: 'SNAPSHOT'; readonly calls: readonly Call[]; readonly position: number }
  | { readonly type: 'CHANGED'; readonly call: Call; readonly position: number };

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
  /** The live calls that match. One that matched and no longer does is told once more. */
  liveCalls(filter: LiveCallFilter): AsyncIterableIterator<LiveCallsItem>;
}
