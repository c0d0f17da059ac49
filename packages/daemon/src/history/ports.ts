/** The port of history queries and the records that they return. */
import type {
  Call,
  CallFactType,
  CallId,
  CallRecord,
  CommandId,
  EndCategory,
  Money,
  Party,
  ProviderCallId,
  ProviderId,
  StreamId,
  Utterance,
  UtteranceId,
} from '@sidetone/core';
import type { CallFilter, StoredUtterance, StoredCommand, StoredNote } from '../calls/ports.ts';
import type { AuditFilter, StoredAuditEntry } from './audit-query.ts';
import type { CallOrder } from './call-order.ts';
import type { PageRequest, Page } from './paging.ts';
import type { StepCount } from './duration-steps.ts';
import type { BucketTotals, SeriesRequest } from './stats-bucket.ts';

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
  readonly listeningLostMs: number;
  readonly recordingLostMs: number;
  readonly transcriptLostMs: number;
}

/** An utterance that matches a search. */
export interface TranscriptMatch {
  readonly utterance: StoredUtterance;
  /** Excerpt of the text with the matches in `[` and `]`. */
  readonly snippet: string;
}

/** Selects `limit` events of a call after a position. */
export interface EventPageRequest {
  readonly limit: number;
  readonly after: number;
  readonly types?: readonly CallFactType[];
}

/** Number of calls of one kind. `measured` and `durationMs` include only calls that were answered and have ended. */
export interface CallTotals {
  readonly providerId: ProviderId;
  readonly isLive: boolean;
  readonly endCategory: EndCategory | null;
  readonly calls: number;
  readonly measured: number;
  readonly durationMs: number;
}

/** The costs of calls in each currency, and the durations of those that were answered and have ended. */
export interface CallMeasures {
  readonly costs: readonly Money[];
  readonly durations: readonly StepCount[];
}

/** The largest number of calls that is counted for a tag. */
export const MAX_COUNTED_CALLS = 1000;

export interface TagCount {
  readonly tag: string;
  /** At most {@link MAX_COUNTED_CALLS}. */
  readonly calls: number;
}

/**
 * Queries over stored calls. Queries made in the same turn of the event loop are batched: one statement serves many calls. A
 * query sees everything stored before it was made. All methods reject with HISTORY_TIMEOUT, HISTORY_UNAVAILABLE, or
 * LIMIT_EXCEEDED if too many queries are pending.
 */
export interface History {
  call(id: CallId): Promise<Call | undefined>;
  callByProviderId(providerId: ProviderId, providerCallId: ProviderCallId): Promise<Call | undefined>;
  /** Newest first by default. */
  calls(filter: CallFilter, window: PageRequest, order?: CallOrder): Promise<Page<Call>>;
  countCalls(filter: CallFilter): Promise<number>;
  /** Grouped by provider, by live or ended, and by end category. */
  callTotals(filter: CallFilter): Promise<readonly CallTotals[]>;
  /** Returns the buckets in which calls were created, oldest first. */
  callBuckets(filter: CallFilter, series: SeriesRequest): Promise<readonly BucketTotals[]>;
  callMeasures(filter: CallFilter): Promise<CallMeasures>;
  /** Returns the tags of calls that begin with a text, in the order of their characters. */
  tags(prefix: string, limit: number): Promise<readonly TagCount[]>;
  /** Returns matching utterances, the newest first; none if the text contains no words. */
  search(text: string, filter: CallFilter, window: PageRequest): Promise<Page<TranscriptMatch>>;
  utterance(id: UtteranceId): Promise<StoredUtterance | undefined>;
  /** Ordered by when they were spoken. */
  utterances(callId: CallId, window: PageRequest): Promise<Page<StoredUtterance>>;
  countUtterances(callId: CallId): Promise<number>;
  /** Returns the complete transcript, ordered by when it was spoken. */
  transcript(callId: CallId): Promise<readonly TranscriptLine[]>;
  command(id: CommandId): Promise<StoredCommand | undefined>;
  /** Entries of the audit log, newest first. */
  audit(filter: AuditFilter, window: PageRequest): Promise<Page<StoredAuditEntry>>;
  /** Newest first. */
  commands(callId: CallId, window: PageRequest): Promise<Page<StoredCommand>>;
  /** Oldest first. */
  events(callId: CallId, window: EventPageRequest): Promise<Page<CallRecord>>;
  /** Oldest first. */
  notes(callId: CallId): Promise<readonly StoredNote[]>;
  streams(callId: CallId): Promise<readonly StoredStream[]>;
  stream(id: StreamId): Promise<StoredStream | undefined>;
}

export type TranscriptLine = Pick<Utterance, 'party' | 'text'>;
