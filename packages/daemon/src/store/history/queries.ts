/** The queries of history as plain functions, so that they can run in this thread or another one. */
import type {
  Call,
  CallId,
  CallRecord,
  CommandId,
  ProviderCallId,
  ProviderId,
  StreamId,
  UtteranceId,
} from '@sidetone/core';
import type { CallFilter, StoredCommand, StoredNote, StoredUtterance } from '../../calls/ports.ts';
import type { AuditFilter, StoredAuditEntry } from '../../history/audit-query.ts';
import type { CallOrder } from '../../history/call-order.ts';
import type { Page, PageRequest } from '../../history/paging.ts';
import type {
  CallMeasures,
  CallTotals,
  EventPageRequest,
  StoredStream,
  TagCount,
  TranscriptLine,
  TranscriptMatch,
} from '../../history/ports.ts';
import type { BucketTotals, SeriesRequest } from '../../history/stats-bucket.ts';

type Keys<Key> = readonly Key[];
/** One result for each key, in the order of the keys. */
type Each<Result> = readonly Result[];

/** Arguments and results can be copied between threads. Queries of single rows or calls take many keys, to be batched. */
export interface HistoryReader {
  callsById(ids: Keys<CallId>): Each<Call | undefined>;
  callsByProviderId(ids: Keys<readonly [ProviderId, ProviderCallId]>): Each<Call | undefined>;
  utterancesById(ids: Keys<UtteranceId>): Each<StoredUtterance | undefined>;
  commandsById(ids: Keys<CommandId>): Each<StoredCommand | undefined>;
  streamsById(ids: Keys<StreamId>): Each<StoredStream | undefined>;

  utterancesOf(callIds: Keys<CallId>, page: PageRequest): Each<Page<StoredUtterance>>;
  utteranceCountsOf(callIds: Keys<CallId>): Each<number>;
  transcriptsOf(callIds: Keys<CallId>): Each<readonly TranscriptLine[]>;
  commandsOf(callIds: Keys<CallId>, page: PageRequest): Each<Page<StoredCommand>>;
  eventsOf(callIds: Keys<CallId>, window: EventPageRequest): Each<Page<CallRecord>>;
  notesOf(callIds: Keys<CallId>): Each<readonly StoredNote[]>;
  streamsOf(callIds: Keys<CallId>): Each<readonly StoredStream[]>;

  calls(filter: CallFilter, page: PageRequest, order?: CallOrder): Page<Call>;
  countCalls(filter: CallFilter): number;
  callTotals(filter: CallFilter): readonly CallTotals[];
  callBuckets(filter: CallFilter, series: SeriesRequest): readonly BucketTotals[];
  callMeasures(filter: CallFilter): CallMeasures;
  search(query: string, filter: CallFilter, page: PageRequest): Page<TranscriptMatch>;
  auditEntries(filter: AuditFilter, page: PageRequest): Page<StoredAuditEntry>;
  tags(prefix: string, limit: number): readonly TagCount[];
}

/** The queries that count calls. */
export type Stats = Pick<HistoryReader, 'callTotals' | 'callBuckets' | 'callMeasures' | 'countCalls'>;

export type QueryName = keyof HistoryReader;

/** The work of a QUICK query is limited by its arguments; a LONG one may scan every call. */
export type QueryDuration = 'QUICK' | 'LONG';

export const QUERY_DURATIONS = {
  callsById: 'QUICK',
  callsByProviderId: 'QUICK',
  utterancesById: 'QUICK',
  commandsById: 'QUICK',
  streamsById: 'QUICK',
  utterancesOf: 'QUICK',
  utteranceCountsOf: 'QUICK',
  transcriptsOf: 'QUICK',
  commandsOf: 'QUICK',
  eventsOf: 'QUICK',
  notesOf: 'QUICK',
  streamsOf: 'QUICK',
  calls: 'LONG',
  countCalls: 'LONG',
  callTotals: 'LONG',
  callBuckets: 'LONG',
  callMeasures: 'LONG',
  search: 'LONG',
  auditEntries: 'LONG',
  tags: 'QUICK',
} as const satisfies Record<QueryName, QueryDuration>;

/** Runs a query of a reader, in the thread of the reader. */
export type RunQuery = <Name extends QueryName>(
  name: Name,
  ...args: Parameters<HistoryReader[Name]>
) => Promise<ReturnType<HistoryReader[Name]>>;

/** Runs a query of a reader in this thread, by name. The one cast of such a call is here. */
export function callReader(reader: HistoryReader, name: QueryName, args: readonly unknown[]): unknown {
  const query = reader[name] as (...args: readonly unknown[]) => unknown;
  return query(...args);
}
