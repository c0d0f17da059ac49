/** Matches a call in memory against a filter, with the same result as the database query of history. Pure. */
import { isLive, type Assistant, type Call } from '@sidetone/core';
import { numberKeysOf } from './numbers/number-keys.ts';
import { matchesNumber } from './numbers/number-search.ts';
import type { LiveCallFilter } from './ports.ts';

type FilterValue<Key extends keyof LiveCallFilter> = NonNullable<LiveCallFilter[Key]>;

const has = <Value>(list: readonly Value[], value: Value | undefined): boolean =>
  value !== undefined && list.includes(value);

/** What identifies an assistant for people: its name, or the provider's id of one without a name. */
const assistantKeyOf = (assistant: Assistant | undefined): string | undefined =>
  assistant?.name ?? assistant?.providerAssistantId;

function durationOf({ answeredAt, endedAt }: Call): number | undefined {
  return answeredAt === undefined || endedAt === undefined ? undefined : endedAt - answeredAt;
}

const CHECKS: {
  readonly [Key in keyof Required<LiveCallFilter>]: (call: Call, value: FilterValue<Key>) => boolean;
} = {
  providerIds: ({ providerId }, ids) => ids.includes(providerId),
  statuses: ({ status }, statuses) => statuses.includes(status),
  live: (call, live) => isLive(call) === live,
  directions: ({ direction }, directions) => has(directions, direction),
  endCategories: ({ end }, categories) => has(categories, end?.category),
  assistants: ({ assistant }, keys) => has(keys, assistantKeyOf(assistant)),
  createdAfter: ({ createdAt }, from) => createdAt >= from,
  createdBefore: ({ createdAt }, until) => createdAt < until,
  minDurationMs: (call, min) => (durationOf(call) ?? -Infinity) >= min,
  maxDurationMs: (call, max) => (durationOf(call) ?? Infinity) <= max,
  held: (call, held) => (call.hold !== undefined) === held,
  number: (call, search) => matchesNumber(numberKeysOf(call, search.countries), search),
  tags: (call, tags) => tags.every((tag) => call.tags.includes(tag)),
};

export function callMatches(call: Call, filter: LiveCallFilter): boolean {
  return (Object.keys(filter) as (keyof LiveCallFilter)[]).every((key) => {
    const value = filter[key];
    const check = CHECKS[key] as ((call: Call, value: unknown) => boolean) | undefined;
    return value === undefined || check === undefined || check(call, value);
  });
}
