/** Translates call filters into conditions on `calls as c`. */
import type { CallFilter } from '../../calls/ports.ts';
import { reversed } from '../number-index.ts';
import type { Add, Parameters } from './parameters.ts';
import { isFoundByWords, wordSearch } from './search/words.ts';

type Value<Key extends keyof CallFilter> = NonNullable<CallFilter[Key]>;

const isOneOf =
  (column: string) =>
  (values: readonly string[], add: Add): string =>
    `c.${column} = any(${add(values)})`;

/** A range from the digits to the first text after all that start with them: `:` follows `9`. */
const startsWith = (column: string, digits: string, add: Add): string =>
  `(n.${column} >= ${add(digits)} and n.${column} < ${add(`${digits}:`)})`;

const CONDITIONS: {
  readonly [Key in keyof Required<CallFilter>]: (value: Value<Key>, add: Add) => string;
} = {
  providerIds: isOneOf('provider_id'),
  statuses: isOneOf('status'),
  live: (live) => `c.status ${live ? '<>' : '='} 'ENDED'`,
  directions: isOneOf('direction'),
  endCategories: isOneOf('end_category'),
  assistants: isOneOf('assistant_key'),
  createdAfter: (from, add) => `c.created_at >= ${add(from)}`,
  createdBefore: (until, add) => `c.created_at < ${add(until)}`,
  minDurationMs: (minimum, add) => `c.duration_ms >= ${add(minimum)}`,
  maxDurationMs: (maximum, add) => `c.duration_ms <= ${add(maximum)}`,
  held: (held) => `c.hold is ${held ? 'not null' : 'null'}`,
  number({ beginnings, nationals, lastDigits }, add) {
    const parts = [
      ...beginnings.map((beginning) => startsWith('number', beginning, add)),
      ...nationals.map((national) => `n.number = ${add(national)}`),
      ...lastDigits.map((last) => startsWith('reversed', reversed(last), add)),
    ];
    const isFound = parts.length === 0 ? 'false' : parts.join(' or ');
    return `exists (select 1 from call_numbers as n where n.call_id = c.id and (${isFound}))`;
  },
  tags: (tags, add) =>
    tags
      .map((tag) => `exists (select 1 from call_tags as t where t.call_id = c.id and t.tag = ${add(tag)})`)
      .join(' and ') || 'true',
  said(query, add) {
    const search = wordSearch(query);
    if (!search) return 'false';
    return `c.id in (select w.call_id from utterance_words as w where ${isFoundByWords(search, add)})`;
  },
};

/** Returns the condition of a filter; `true` if the filter is empty. */
export function callCondition(filter: CallFilter, { add }: Parameters): string {
  const conditions = (Object.keys(CONDITIONS) as (keyof CallFilter)[]).map((key) =>
    conditionOf(key, filter, add),
  );
  return conditions.filter((condition) => condition !== undefined).join(' and ') || 'true';
}

function conditionOf<Key extends keyof CallFilter>(
  key: Key,
  filter: CallFilter,
  add: Add,
): string | undefined {
  const value = filter[key];
  return value === undefined ? undefined : CONDITIONS[key](value, add);
}
