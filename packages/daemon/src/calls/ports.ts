/** What the calls folder needs from the store and from live readers. */
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
  ProviderCallId,
  ProviderId,
  StreamId,
  Utterance,
  UtteranceId,
} from '@sidetone/core';

/** A fact that is decided but not stored, with the call as it is after it. */
export interface Draft {
  readonly callId: CallId;
  readonly at: number;
  readonly fact: CallFact;
  readonly call: Call;
  readonly dedupeKey?: string;
}

/** The writing side of the store. Synchronous: the harness of the daemon does not wait. */
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

/** Where stored records go: to the readers that wait for them. */
export interface RecordFeed {
  publish(records: readonly CallRecord[]): void;
  /** Forgets the records of a call that was erased. */
  forget(callId: CallId): void;
  /** The newest position that readers may know of. */
  readonly position: number;
}

/** Words that may still change: the newest of each party of each call. */
export interface PartialStore {
  /** Shows words in place of the party's last, under its id; or under `id`, when whoever tells them names them. Gives the id. */
  set(callId: CallId, party: Party, text: string, at: number, id?: UtteranceId): UtteranceId;
  /** Forgets a party's partial, because its final came, and gives the id that it was shown under. A named one stays. */
  take(callId: CallId, party: Party): UtteranceId | undefined;
  /** Forgets a named partial, because its final came. */
  drop(callId: CallId, id: UtteranceId): void;
  forget(callId: CallId): void;
}

/** The commands of live calls that events may confirm. Implemented by the commands folder. */
export interface CommandTracker {
  /** Confirms a command that its plugin reported. Returns undefined if the command is not open. */
  confirm(callId: CallId, commandId: CommandId, at: number): Command | undefined;
  /** Returns the commands that an event confirms. The end of a call ends the tracking of its commands. */
  confirmedBy(callId: CallId, fact: CallFact, at: number): readonly Command[];
  /** Returns a command whose provider had not answered when the daemon stopped. */
  interrupted(command: Command, at: number): Command;
  /** Stops tracking the commands of an erased call. */
  forget(callId: CallId): void;
}
