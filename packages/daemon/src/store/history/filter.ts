/** Which calls a filter names, as SQL over `calls`. */
import { and, eq, gte, inArray, lt, lte, ne, or, sql, type SQL } from 'drizzle-orm';
import type { CallFilter } from '../../calls/ports.ts';
import { GO_ON } from './interruptible.ts';
import { calls } from '../schema.ts';
import { matchExpression } from './search-query.ts';

type Wanted<Key extends keyof CallFilter> = NonNullable<CallFilter[Key]>;

const CONDITIONS: {
  readonly [Key in keyof Required<CallFilter>]: (wanted: Wanted<Key>) => SQL | undefined;
} = {
  providerIds: (ids) => inArray(calls.providerId, [...ids]),
  statuses: (statuses) => inArray(calls.status, [...statuses]),
  live: (live) => (live ? ne : eq)(calls.status, 'ENDED'),
  directions: (directions) => inArray(calls.direction, [...directions]),
  endCategories: (categories) => inArray(calls.endCategory, [...categories]),
  createdAfter: (from) => gte(calls.createdAt, from),
  createdBefore: (until) => lt(calls.createdAt, until),
  minDurationMs: (least) => gte(calls.durationMs, least),
  maxDurationMs: (most) => lte(calls.durationMs, most),
  number: (number) => or(beginsWith(calls.from, number), beginsWith(calls.to, number)),
  tags: (tags) => and(...tags.map(hasTag)),
  said: (words) => wasSaid(words),
};

/** For statements that may have to look at every call. */
export function matching(filter: CallFilter): SQL | undefined {
  return and(named(filter), GO_ON);
}

/** Nothing when every call is wanted. */
export function named(filter: CallFilter): SQL | undefined {
  const keys = Object.keys(CONDITIONS) as (keyof CallFilter)[];
  return and(
    ...keys.map((key) => {
      const wanted = filter[key];
      return wanted === undefined ? undefined : (CONDITIONS[key] as (wanted: unknown) => SQL)(wanted);
    }),
  );
}

/** As the indexes have it: a range, from the digits themselves to what follows all that begins with them. */
function beginsWith(column: typeof calls.from | typeof calls.to, digits: string): SQL {
  // The name alone: an index on an expression is found by its very text.
  const number = sql`ltrim(${sql.identifier(column.name)}, '+')`;
  return sql`(${number} >= ${digits} and ${number} < ${`${digits}:`})`;
}

const hasTag = (tag: string): SQL => sql`${calls.id} in (select call_id from call_tags where tag = ${tag})`;

function wasSaid(words: string): SQL {
  const match = matchExpression(words);
  if (match === undefined) return sql`0`;
  return sql`${calls.id} in (select call_id from utterances where position in (select rowid from utterance_words where utterance_words match ${match} and ${GO_ON}))`;
}
