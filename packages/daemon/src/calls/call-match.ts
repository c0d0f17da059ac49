/** Whether a call in memory is one of those that a filter names: what the store answers for history, without the store. Pure. */
import { isLive, type Call } from '@sidetone/core';
import type { LiveCallFilter } from './ports.ts';

type Wanted<Key extends keyof LiveCallFilter> = NonNullable<LiveCallFilter[Key]>;

/** Of a number without its plus, as filters have it. */
const digitsOf = (number: string): string => number.replace(/^\+/, '');
const has = <Value>(list: readonly Value[], value: Value | undefined): boolean =>
  value !== undefined && list.includes(value);

function durationOf({ answeredAt, endedAt }: Call): number | undefined {
  return answeredAt === undefined || endedAt === undefined ? undefined : endedAt - answeredAt;
}

const CHECKS: {
  readonly [Key in keyof Required<LiveCallFilter>]: (call: Call, wanted: Wanted<Key>) => boolean;
} = {
  providerIds: ({ providerId }, ids) => ids.includes(providerId),
  statuses: ({ status }, statuses) => statuses.includes(status),
  live: (call, live) => isLive(call) === live,
  directions: ({ direction }, directions) => has(directions, direction),
  endCategories: ({ end }, categories) => has(categories, end?.category),
  createdAfter: ({ createdAt }, from) => createdAt >= from,
  createdBefore: ({ createdAt }, until) => createdAt < until,
  minDurationMs: (call, least) => (durationOf(call) ?? -1) >= least,
  maxDurationMs: (call, most) => (durationOf(call) ?? Infinity) <= most,
  number: ({ from, to }, number) =>
    [from, to].some((known) => known !== undefined && digitsOf(known).startsWith(number)),
  tags: (call, tags) => tags.every((tag) => call.tags.includes(tag)),
};

export function callMatches(call: Call, filter: LiveCallFilter): boolean {
  return (Object.keys(filter) as (keyof LiveCallFilter)[]).every((key) => {
    const wanted = filter[key];
    const check = CHECKS[key] as ((call: Call, wanted: unknown) => boolean) | undefined;
    return wanted === undefined || check === undefined || check(call, wanted);
  });
}
