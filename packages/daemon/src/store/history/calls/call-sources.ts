/**
 * Ways to find the calls of a filter: each reads the index of one condition. The calls that a source finds are counted up to
 * a limit, so that the smallest source is known without reading a large one.
 */
import { and, inArray, sql, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../../../calls/ports.ts';
import { IS_ENDED, IS_HELD, IS_LIVE } from '../../call-filter.ts';
import { INTERRUPTION_POINT, type Db } from '../../db.ts';
import { callsWithNumber } from '../../number-index.ts';
import { calls, callTags, utterances } from '../../schema.ts';
import { callsOfTotals, countByTotals, hasTotalledCondition } from './totals-source.ts';

export interface CallSource {
  readonly condition: 'live' | 'held' | 'assistants' | 'tags' | 'number' | 'said' | 'duration' | 'totals';
  /** What it finds: ids or rowids of calls. */
  readonly by: 'id' | 'rowid';
  /** Returns how many calls it finds, as far as it is not more than `limit`. It may count a call twice. */
  count(limit: number): number;
  /** Returns the statement that selects them. */
  select(): SQL;
}

/** How SQLite finds the rows of calls by their keys. */
const LOOKUPS = {
  id: { key: calls.id, from: sql`${calls} indexed by sqlite_autoindex_calls_1` },
  rowid: { key: sql`${calls}.rowid`, from: sql`${calls} not indexed` },
} as const satisfies Record<CallSource['by'], object>;

/** Returns what selects the calls that a source finds. */
export function lookup(found: CallSource): { readonly from: SQL; readonly isFound: SQL } {
  const { key, from } = LOOKUPS[found.by];
  return { from, isFound: sql`${key} in (${found.select()})` };
}

/** The conditions of a filter that a source answers alone. */
const ANSWERED = {
  held: ['held'],
  assistants: ['assistants'],
  tags: ['tags'],
  number: ['number'],
  said: ['said'],
  duration: ['minDurationMs', 'maxDurationMs'],
} as const satisfies Partial<Record<CallSource['condition'], readonly (keyof CallFilter)[]>>;

/**
 * Returns the number of calls by the index of the only condition of a filter, without reading the calls; undefined if the
 * filter has several conditions.
 */
export function countByIndex(db: Db, filter: CallFilter, sources: readonly CallSource[]): number | undefined {
  const [only, ...others] = sources;
  if (!only || others.length > 0 || !(only.condition in ANSWERED)) return undefined;
  const answered: readonly string[] = ANSWERED[only.condition as keyof typeof ANSWERED];
  if (!Object.keys(filter).every((key) => answered.includes(key))) return undefined;
  const distinct = only.by === 'id' ? sql`select distinct * from (${only.select()})` : only.select();
  return db.get<{ n: number }>(sql`select count(*) as n from (${distinct})`).n;
}

/** Returns the smallest source that finds at most `most` calls. */
export function findFew(sources: readonly CallSource[], most: number): CallSource | undefined {
  return sources
    .map((source) => ({ source, size: source.count(most) }))
    .filter(({ size }) => size <= most)
    .toSorted((a, b) => a.size - b.size)[0]?.source;
}

/** `match` is the search expression of `said`. */
export function sourcesOf(db: Db, filter: CallFilter, match: string | undefined): readonly CallSource[] {
  return [
    ...liveSources(db, filter),
    ...(filter.held === true ? [heldSource(db)] : []),
    ...(filter.assistants ? [assistantSource(db, filter.assistants)] : []),
    ...(filter.tags ?? []).map((tag) =>
      source(
        db,
        'tags',
        'id',
        sql`select call_id from ${callTags} where tag = ${tag} and ${INTERRUPTION_POINT}`,
      ),
    ),
    ...(filter.number ? [source(db, 'number', 'id', callsWithNumber(filter.number))] : []),
    ...(match === undefined ? [] : [saidSource(db, match)]),
    ...durationSources(db, filter),
    ...(hasTotalledCondition(filter) ? [totalsSource(db, filter)] : []),
  ];
}

function source(
  db: Db,
  condition: CallSource['condition'],
  by: CallSource['by'],
  rows: SQL,
  counted = rows,
): CallSource {
  return {
    condition,
    by,
    count: (limit) => db.get<{ n: number }>(sql`select count(*) as n from (${counted} limit ${limit + 1})`).n,
    select: () => rows,
  };
}

function liveSources(db: Db, { live, statuses }: CallFilter): readonly CallSource[] {
  if (live !== true && (!statuses || statuses.includes('ENDED'))) return [];
  const rows = sql`select rowid from ${calls} indexed by calls_live where ${IS_LIVE} and ${INTERRUPTION_POINT}`;
  return [source(db, 'live', 'rowid', rows)];
}

const heldSource = (db: Db): CallSource =>
  source(
    db,
    'held',
    'rowid',
    sql`select rowid from ${calls} indexed by calls_held where ${IS_HELD} and ${INTERRUPTION_POINT}`,
  );

/** The index has ended calls only. */
function assistantSource(db: Db, keys: readonly string[]): CallSource {
  const isOne = and(inArray(calls.assistantKey, [...keys]), INTERRUPTION_POINT);
  const ended = sql`select rowid from ${calls} indexed by calls_by_assistant where ${IS_ENDED} and assistant_key is not null and ${isOne}`;
  const live = sql`select rowid from ${calls} indexed by calls_live where ${IS_LIVE} and ${isOne}`;
  return source(db, 'assistants', 'rowid', sql`${ended} union all ${live}`);
}

function saidSource(db: Db, match: string): CallSource {
  const found = sql`select rowid from utterance_words where utterance_words match ${match} and ${INTERRUPTION_POINT}`;
  return source(db, 'said', 'id', sql`select call_id from ${utterances} where position in (${found})`, found);
}

function durationSources(db: Db, { minDurationMs, maxDurationMs }: CallFilter): readonly CallSource[] {
  if (minDurationMs === undefined && maxDurationMs === undefined) return [];
  const isWithin = and(
    minDurationMs === undefined ? sql`duration_ms is not null` : sql`duration_ms >= ${minDurationMs}`,
    maxDurationMs === undefined ? undefined : sql`duration_ms <= ${maxDurationMs}`,
    INTERRUPTION_POINT,
  );
  const rows = sql`select rowid from ${calls} indexed by calls_by_duration where ${isWithin}`;
  return [source(db, 'duration', 'rowid', rows)];
}

/** The calls of whole hours are read to find the ones with the conditions. */
const READ_FOR_EACH = 10;

const totalsSource = (db: Db, filter: CallFilter): CallSource => ({
  condition: 'totals',
  by: 'rowid',
  count: () => countByTotals(db, filter) * READ_FOR_EACH,
  select: () => callsOfTotals(db, filter),
});
