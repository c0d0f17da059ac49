/** Translates call filters into SQL conditions on `calls`. */
import { and, gte, inArray, lt, lte, sql, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../calls/ports.ts';
import { INTERRUPTION_POINT } from './db.ts';
import { hasNumber } from './number-index.ts';
import { calls } from './schema.ts';
import { matchExpression } from './search/query.ts';

/** Without a parameter: SQLite uses the partial index of live calls only if the condition is the text of the index. */
export const IS_LIVE = sql`${calls.status} <> 'ENDED'`;
export const IS_HELD = sql`${calls.hold} is not null`;
export const IS_ENDED = sql`${calls.status} = 'ENDED'`;

type Value<Key extends keyof CallFilter> = NonNullable<CallFilter[Key]>;

const CONDITIONS: {
  readonly [Key in keyof Required<CallFilter>]: (value: Value<Key>) => SQL | undefined;
} = {
  providerIds: (ids) => inArray(calls.providerId, [...ids]),
  statuses: (statuses) => inArray(calls.status, [...statuses]),
  live: (live) => (live ? IS_LIVE : IS_ENDED),
  directions: (directions) => inArray(calls.direction, [...directions]),
  endCategories: (categories) => inArray(calls.endCategory, [...categories]),
  assistants: (keys) => inArray(calls.assistantKey, [...keys]),
  createdAfter: (from) => gte(calls.createdAt, from),
  createdBefore: (until) => lt(calls.createdAt, until),
  minDurationMs: (minimum) => gte(calls.durationMs, minimum),
  maxDurationMs: (maximum) => lte(calls.durationMs, maximum),
  held: (held) => (held ? IS_HELD : sql`${calls.hold} is null`),
  number: hasNumber,
  tags: (tags) => and(...tags.map(hasTag)),
  said: (query) => transcriptMatches(query),
};

/** Returns the condition of a filter, interruptible: for statements that may scan every call. */
export function scanCondition(filter: CallFilter): SQL | undefined {
  return and(filterCondition(filter), INTERRUPTION_POINT);
}

/** Returns the condition of a filter without its search, for which one row of `calls` and its parts are read. */
export function rowCondition({ said: _searched, ...filter }: CallFilter): SQL | undefined {
  return filterCondition(filter);
}

/** Returns the condition of a filter; undefined if the filter is empty. */
export function filterCondition(filter: CallFilter): SQL | undefined {
  return and(...(Object.keys(CONDITIONS) as (keyof CallFilter)[]).map((key) => conditionOf(key, filter)));
}

function conditionOf<Key extends keyof CallFilter>(key: Key, filter: CallFilter): SQL | undefined {
  const value = filter[key];
  return value === undefined ? undefined : CONDITIONS[key](value);
}

const hasTag = (tag: string): SQL =>
  sql`exists (select 1 from call_tags indexed by sqlite_autoindex_call_tags_1 where call_id = ${calls.id} and tag = ${tag})`;

function transcriptMatches(query: string): SQL {
  const match = matchExpression(query);
  if (match === undefined) return sql`0`;
  return sql`${calls.id} in (select call_id from utterances where position in (select rowid from utterance_words where utterance_words match ${match} and ${INTERRUPTION_POINT}))`;
}
