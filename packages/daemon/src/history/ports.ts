/** The port of history queries and the records that they return. */
import type {
  Call,
  CallFactType,
  CallId,
  CallRecord,
  CommandId,
  EndCategory,
  Party,
  ProviderCallId,
  ProviderId,
  StreamId,
  Utterance,
  UtteranceId,
} from '@sidetone/core';
import type { CallFilter, StoredUtterance, StoredCommand, StoredNote } from '../calls/ports.ts';
import type { CallOrder } from './call-order.ts';
import type { PageRequest, Page } from './paging.ts';
import type { BucketTotals, StatsBucket } from './stats-bucket.ts';

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

/**
 * History, for queries. What is asked of it at the same moment, one by one, is answered together: as many statements for
 * fifty calls as for one. Every answer sees all that was stored before it was asked for. Waits for a bounded time.
 * Rejects with HISTORY_TIMEOUT or HISTORY_UNAVAILABLE, or with LIMIT_EXCEEDED when too much is being asked.
 */
export interface History {
  call(id: CallId): Promise<Call | undefined>;
  callByProviderId(providerId: ProviderId, providerCallId: ProviderCallId): Promise<Call | undefined>;
  /** Newest first, unless told otherwise. */
  calls(filter: CallFilter, window: PageRequest, order?: CallOrder): Promise<Page<Call>>;
  countCalls(filter: CallFilter): Promise<number>;
  /** By provider, whether they are live, and how they ended. */
  callTotals(filter: CallFilter): Promise<readonly CallTotals[]>;
  /** The first `limit` stretches in which calls came to be, oldest first. */
  callBuckets(filter: CallFilter, bucket: StatsBucket, limit: number): Promise<readonly BucketTotals[]>;
  /** Where the words were said: what was told last stands first. Nothing when there is no word in `words`. */
  search(words: string, filter: CallFilter, window: PageRequest): Promise<Page<TranscriptMatch>>;
  utterance(id: UtteranceId): Promise<StoredUtterance | undefined>;
  /** In the order in which they were said; what a report adds later stands where it was said. */
  utterances(callId: CallId, window: PageRequest): Promise<Page<StoredUtterance>>;
  countUtterances(callId: CallId): Promise<number>;
  /** All that was said, in order. */
  transcript(callId: CallId): Promise<readonly TranscriptLine[]>;
  command(id: CommandId): Promise<StoredCommand | undefined>;
  /** Newest first. */
  commands(callId: CallId, window: PageRequest): Promise<Page<StoredCommand>>;
  /** Oldest first. */
  events(callId: CallId, window: EventWindow): Promise<Page<CallRecord>>;
  /** Oldest first. */
  notes(callId: CallId): Promise<readonly StoredNote[]>;
  streams(callId: CallId): Promise<readonly StoredStream[]>;
  stream(id: StreamId): Promise<StoredStream | undefined>;
}

export type TranscriptLine = Pick<Utterance, 'party' | 'text'>;
