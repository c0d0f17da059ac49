/** What retention needs from the store. */
import type { CallId, ProviderId } from '@sidetone/core';
import type { NowOrLater } from '../../now-or-later.ts';
import type { RetentionKind } from './rules.ts';

/** A position in the order in which calls ended. */
export interface EndedPosition {
  readonly endedAt: number;
  readonly id: string;
}

export interface EndedCall {
  readonly id: CallId;
  readonly providerId: ProviderId;
  readonly endedAt: number;
  readonly isHeld: boolean;
}

/** Why data is removed: its age, or the space that recordings take. */
export type RetentionReason = 'AGE' | 'QUOTA' | 'FREE_DISK';

export interface PruneWork {
  readonly kind: RetentionKind;
  /** Ended calls, in the order in which they are pruned. */
  readonly callIds: readonly CallId[];
  /** Most rows to remove. */
  readonly rows: number;
  readonly at: number;
  readonly reason: RetentionReason;
  /** Of the reason AGE: calls that ended until then. */
  readonly cutoff?: number;
}

export interface Pruned {
  /** The calls from which data was removed. */
  readonly calls: readonly CallId[];
  readonly rows: number;
  /** The calls that still have some of the data. */
  readonly left: readonly CallId[];
}

export interface StoredRecordingSize {
  readonly callId: CallId;
  /** Of the WAV file, with its header. */
  readonly bytes: number;
  readonly isHeld: boolean;
}

/** The store of retention. Every method throws a fault of kind store if the store fails. */
export interface RetentionStore {
  /** Returns calls that ended after a position and at most at a time, the one that ended first at first. */
  endedCalls(
    after: EndedPosition | undefined,
    until: number,
    limit: number,
  ): NowOrLater<readonly EndedCall[]>;
  /** Counts them, up to a limit. */
  countEnded(after: EndedPosition | undefined, until: number, limit: number): NowOrLater<number>;
  /** Returns the calls that have data of a kind, by what is cheap to check. */
  thatHave(kind: RetentionKind, callIds: readonly CallId[]): NowOrLater<readonly CallId[]>;
  /** Removes data of calls without a legal hold, with one entry in the audit log, in one transaction. */
  prune(work: PruneWork): NowOrLater<Pruned>;
  /** Returns how far a rule was applied. */
  progress(key: string): NowOrLater<EndedPosition | undefined>;
  /** Stores how far rules were applied. Forgets other rules. */
  setProgress(progress: Readonly<Record<string, EndedPosition>>): NowOrLater<void>;
  /** Returns finished recordings, oldest first. */
  recordings(after: CallId | undefined, limit: number): NowOrLater<readonly StoredRecordingSize[]>;
}
