/** Live feeds for subscriptions, and the levels that they read. */
import type { Call, CallId, CallRecord, Level, Party, Utterance } from '@sidetone/core';
import type { LiveCallFilter, RecordFilter } from '../calls/ports.ts';

/** Latest level of a party. */
export interface PartyLevel extends Level {
  readonly party: Party;
  readonly at: number;
}

/** Levels of calls with metered audio. */
export interface LevelSource {
  /** Returns the levels of a call over the last `windowMs`, by party; empty if it has no metered audio. */
  read(callId: CallId, windowMs: number): readonly PartyLevel[];
  /** Returns the calls with metered audio. */
  calls(): readonly CallId[];
}

/** An item of a live transcript: a final with its position, or a partial without one. */
export interface TranscriptItem {
  readonly callId: CallId;
  readonly utterance: Utterance;
  readonly at: number;
  /** Name of the access token of the client that added it. */
  readonly by?: string;
  /** Absent for a partial, which is not stored. */
  readonly position?: number;
  /** The version of a partial. */
  readonly version?: number;
}

/** All live calls at first, then one call that started, changed or ended. */
export type LiveCallsItem =
  | { readonly type: 'SNAPSHOT'; readonly calls: readonly Call[]; readonly position: number }
  | { readonly type: 'CHANGED'; readonly call: Call; readonly position: number };

export interface LevelsItem {
  readonly at: number;
  readonly calls: readonly { readonly callId: CallId; readonly parties: readonly PartyLevel[] }[];
}

/**
 * Live data for subscriptions. Each iterator is pulled by its reader, has no queue, and releases everything when its `return`
 * is called.
 */
export interface LiveFeeds {
  /** Returns all records after a position, then new ones; only new ones without a position. */
  records(filter: RecordFilter, after?: number): AsyncIterableIterator<CallRecord>;
  transcript(callId: CallId, after?: number): AsyncIterableIterator<TranscriptItem>;
  /** Returns changed levels of the given calls, or of all calls, at most once per interval. */
  levels(callIds: readonly CallId[] | undefined, intervalMs: number): AsyncIterableIterator<LevelsItem>;
  /** Returns the live calls that match. A call that no longer matches is returned once more. */
  liveCalls(filter: LiveCallFilter): AsyncIterableIterator<LiveCallsItem>;
}

/** A client that listens to a call or watches it. */
export interface CallPresence {
  /** The name of its access token. */
  readonly name: string;
  /** Since when, epoch ms. */
  readonly since: number;
}
