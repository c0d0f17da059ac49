/** Live feeds for subscriptions, and the levels that they read. */
import type { Call, CallId, CallRecord, Level, Party, Utterance } from '@sidetone/core';
import type { LiveCallFilter, RecordFilter } from '../calls/ports.ts';

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
