/** What the calls folder needs from the store, from live readers and from commands. */
import type {
  Call,
  CallFact,
  CallFactType,
  CallId,
  CallRecord,
  CallStatus,
  CallDirection,
  Command,
  CommandId,
  EndCategory,
  ListenerId,
  Note,
  Party,
  ProviderEvent,
  ProviderId,
  StreamId,
  Utterance,
  UtteranceId,
} from '@sidetone/core';
import type { RetentionStore } from './retention/ports.ts';
import type { NowOrLater } from '../now-or-later.ts';
import type { NumberSearch } from './numbers/number-search.ts';

/** An event that is not stored yet, with the call after it. */
export interface Draft {
  readonly callId: CallId;
  readonly at: number;
  readonly fact: CallFact;
  readonly call: Call;
  readonly dedupeKey?: string;
}

/** The writing side of the store. One that answers at once is never waited for: no other work comes between its steps. */
export interface CallLedger {
  /** Numbers events and stores them with their projections, in one transaction: all, or none if it throws. */
  commit(drafts: readonly Draft[]): NowOrLater<readonly CallRecord[]>;
  /** Returns a final utterance of any call. */
  utterance(id: UtteranceId): NowOrLater<StoredUtterance | undefined>;
  /** Returns the command with this key of its requester. */
  commandByKey(requestedBy: string, key: string): NowOrLater<StoredCommand | undefined>;
  /** Stores a command that has no call, or none yet, outside of the log. Throws as `commit` does. */
  putCommand(command: Command): NowOrLater<void>;
  /** Erases everything about a call in one transaction, and remembers that it was erased. Throws as `commit` does. */
  erase(callId: CallId, now: number): NowOrLater<void>;
  /** Erases a settled command that has no call. Returns whether there was one. Throws as `commit` does. */
  eraseCommand(id: CommandId): NowOrLater<boolean>;
  /** Returns settled commands without a call, after one, by their ids. */
  loneCommands(after: CommandId | undefined, limit: number): NowOrLater<readonly LoneCommand[]>;
  /** Deletes commands without a call, and the memory of erased calls, that are too old. Throws as `commit` does. */
  expire(now: number): NowOrLater<void>;
  /** Returns whether the file may still contain erased data. */
  isScrubDue(): boolean;
  /** Removes some of the erased data from the file; takes a few milliseconds. */
  scrub(): NowOrLater<Scrub>;
  /** Finds and removes what is not kept any longer. */
  readonly retention: RetentionStore;
  live(): NowOrLater<readonly Call[]>;
  /** Indexes the numbers of some stored calls. Returns whether calls are left to index. Throws as `commit` does. */
  indexNumbers(): NowOrLater<boolean>;
  /** Indexes the words of some stored utterances. Returns whether utterances are left to index. Throws as `commit` does. */
  indexWords(): NowOrLater<boolean>;
  /** Adds some stored calls to the totals. Returns whether calls are left to add. Throws as `commit` does. */
  addTotals(): NowOrLater<boolean>;
  /** Returns what a crashed daemon left open. */
  unfinished(): NowOrLater<Unfinished>;
}

export interface Unfinished {
  readonly streams: readonly UnfinishedStream[];
  readonly commands: readonly StoredCommand[];
  readonly listenings: readonly StoredListening[];
}

/** A failed attempt to place a call. */
export type LoneCommand = Pick<Command, 'id' | 'arguments'>;

/** Progress of scrubbing: BUSY if a reader blocks it. */
export type Scrub = 'MORE' | 'BUSY' | 'DONE';

/** A client that listens to a call live. */
export interface StoredListening {
  readonly callId: CallId;
  readonly id: ListenerId;
  /** Name of its access token. */
  readonly by: string;
  readonly startedAt: number;
}

export interface UnfinishedStream {
  readonly callId: CallId;
  readonly streamId: StreamId;
}

/** A filter that needs no transcript, so it can be applied to calls in memory. */
export type LiveCallFilter = Omit<CallFilter, 'said'>;

/** Selects records of the event log. */
export interface RecordFilter {
  readonly callId?: CallId;
  readonly types?: readonly CallFactType[];
  /** Only records of calls that match at the time of reading. */
  readonly calls?: LiveCallFilter;
}

/** The reading side of the event log. */
export interface EventLog {
  /** Returns stored records after a position, oldest first. */
  page(after: number, limit: number, filter: RecordFilter): Promise<readonly CallRecord[]>;
  /** Returns the position of the newest record; 0 if the log is empty. Read at the start: afterwards, live readers know it. */
  latest(): NowOrLater<number>;
  /** Identifies this log, to reject cursors of another one. */
  readonly logId: string;
  /** The epochs of this log, oldest first. The last one has no end yet. */
  readonly epochs: readonly LogEpoch[];
}

/** A part of the log, as it is in one instant. */
export interface LogPart {
  /** Oldest first. */
  readonly records: readonly CallRecord[];
  /** The newest position that was ever assigned. */
  readonly head: number;
}

/** The log of a store to which several nodes write. Methods reject with a fault of kind store. */
export interface SharedLog {
  /**
   * Returns the oldest records after a position, up to another one if it is given. All that are older than the head are visible:
   * what is missing was removed.
   */
  read(after: number, upTo: number | undefined, limit: number): Promise<LogPart>;
  /** Returns the live calls of all nodes, and the position of the log at which they were so. */
  liveCalls(): Promise<{ readonly calls: readonly Call[]; readonly position: number }>;
}

/** A run of the daemon that wrote events. The events of a restored copy are written in epochs of their own. */
export interface LogEpoch {
  /** Random. */
  readonly id: string;
  /** The last position before it. */
  readonly startsAfter: number;
}

export interface CallFilter {
  readonly providerIds?: readonly ProviderId[];
  readonly statuses?: readonly CallStatus[];
  readonly live?: boolean;
  readonly directions?: readonly CallDirection[];
  readonly endCategories?: readonly EndCategory[];
  /** By their name, or the provider's id of one without a name. */
  readonly assistants?: readonly string[];
  /** Epoch ms; the first is inclusive, the second exclusive. */
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  /** From answer to end, both inclusive. Live and unanswered calls have no duration. */
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Whether there is a legal hold. */
  readonly held?: boolean;
  /** A number of `from` or `to`. */
  readonly number?: NumberSearch;
  /** A call must have all of them. */
  readonly tags?: readonly string[];
  /** Search text of the transcript. */
  readonly said?: string;
}

export interface StoredUtterance {
  readonly callId: CallId;
  readonly position: number;
  readonly at: number;
  /** Sort key within the call: when it was spoken. */
  readonly orderMs: number;
  /** Name of the access token of the client that added it. Missing if the provider or a transcriber did. */
  readonly by?: string;
  readonly utterance: Utterance;
}

/** A final utterance with its position in the log, or a partial without one. */
export type ShownUtterance = Omit<StoredUtterance, 'position' | 'orderMs'> &
  Partial<Pick<StoredUtterance, 'position' | 'orderMs'>>;

export interface StoredCommand {
  /** Absent for a failed attempt to place a call, and while there is no call yet. */
  readonly callId?: CallId;
  readonly command: Command;
}

export interface StoredNote {
  readonly callId: CallId;
  /** Time of writing, epoch ms. */
  readonly at: number;
  readonly note: Note;
}

/** The live calls as clients see them: in a cluster, those of all nodes. */
export interface ShownCalls {
  /** Returns a live call, without a database query. */
  peek(id: CallId): Call | undefined;
  /** The same for a call that ended recently; others are undefined if a query would be needed. */
  recall(id: CallId): Call | undefined;
  live(providerId?: ProviderId): readonly Call[];
  liveCount(providerId: ProviderId): number;
}

/** Passes stored records to live readers. */
export interface RecordFeed {
  publish(records: readonly CallRecord[]): void;
  /** Forgets the records of a call of which data was removed. */
  forget(callId: CallId): void;
  /** Forgets the records of an erased call, whose earlier records are not delivered any more. */
  erase(callId: CallId): void;
  /** Newest position visible to readers. */
  readonly position: number;
}

/** Where a partial comes from, if not from the provider. */
export interface PartialOrigin {
  readonly id?: UtteranceId;
  /** Name of the access token of the client that added it. */
  readonly by?: string;
}

/** The latest partial of each party of each call. Not stored. */
export interface PartialStore {
  /** Replaces the party's partial and returns its utterance id: `id` if given, or else that of the replaced partial or a new one. */
  set(callId: CallId, party: Party, text: string, at: number, origin?: PartialOrigin): UtteranceId;
  /** Removes a party's partial when its final arrives and returns its utterance id. A partial with a given id stays. */
  take(callId: CallId, party: Party): UtteranceId | undefined;
  /** Removes the partial with a given id when its final arrives. */
  drop(callId: CallId, id: UtteranceId): void;
  forget(callId: CallId): void;
}

/** Replaces what must not be stored in the texts of a provider's calls. */
export interface TextRedaction {
  /** Redacts all events except partials. */
  event(providerId: ProviderId, event: ProviderEvent): ProviderEvent;
  fact<Fact extends CallFact>(providerId: ProviderId, fact: Fact): Fact;
  partial(providerId: ProviderId, text: string): string;
}

/** The commands of live calls that events may confirm. Implemented by the commands folder. */
export interface CommandTracker {
  /** Confirms a command that its plugin reported. Returns undefined if the command is not open. */
  confirm(callId: CallId, commandId: CommandId, at: number): Command | undefined;
  /** Returns the commands that an event confirms. The end of a call ends the tracking of its commands. */
  confirmedBy(callId: CallId, fact: CallFact, at: number): readonly Command[];
  /** Tracks the commands of a call that was loaded, in the status that is stored. */
  restore(callId: CallId, commands: readonly Command[]): void;
  /** Tracks a command that another node executes. Returns false if an event has confirmed it by now. */
  adopt(callId: CallId, command: Command): boolean;
  /** Returns a command whose provider had not answered when the daemon stopped. */
  interrupted(command: Command, at: number): Command;
  /** Stops tracking the commands of an erased call. */
  forget(callId: CallId): void;
}

/** Reads records of the event log as they are stored. */
export interface RecordSource {
  /** Returns all records after a position, then new ones; only new ones without a position. */
  records(filter: RecordFilter, after?: number): AsyncIterableIterator<CallRecord>;
}
