/** The search query of the history page. It is stored in the URL, so that a search can be shared. Pure. */
import type { EnumOf, VariablesOf } from '../api/graphql.ts';
import { splitTags } from '../notes/tags.ts';
import { digitsOf } from '../ui/phone-number.ts';
import { localDay } from '../ui/form/local-day.ts';
import { isRange, rangeStart, type Range } from '../ui/ranges.ts';
import { END_LABELS } from '../ui/labels.ts';
import type { PAST_CALLS } from './documents.ts';

export type CallFilter = NonNullable<VariablesOf<typeof PAST_CALLS>['filter']>;
type CallOrder = NonNullable<VariablesOf<typeof PAST_CALLS>['orderBy']>;

const DIRECTIONS = ['INBOUND', 'OUTBOUND', 'WEB'] as const satisfies EnumOf<'CallDirection'>[];

/** The orders of a list; the default is by the time of creation, newest first. Matches of a text have only the default. */
const ORDERS = {
  oldest: { field: 'CREATED_AT', direction: 'ASC' },
  longest: { field: 'DURATION', direction: 'DESC' },
  shortest: { field: 'DURATION', direction: 'ASC' },
} as const satisfies Record<string, CallOrder>;
type Order = keyof typeof ORDERS;

export const ORDER_LABELS = {
  oldest: 'Oldest first',
  longest: 'Longest first',
  shortest: 'Shortest first',
} as const satisfies Record<Order, string>;

/** How a call ended, or `LIVE` if it has not. */
type Outcome = EnumOf<'EndCategory'> | 'LIVE';

/** All parts are strings; an empty string means no restriction. */
export interface SearchQuery {
  readonly said: string;
  readonly number: string;
  /** Tags, separated by commas. */
  readonly tag: string;
  readonly provider: string;
  /** The name of an assistant, or its id at the provider if it has none. */
  readonly assistant: string;
  readonly outcome: Outcome | '';
  readonly direction: EnumOf<'CallDirection'> | '';
  /** The shortest and the longest length from answer to end, in minutes. */
  readonly min: string;
  readonly max: string;
  readonly order: Order | '';
  readonly when: Range | 'dates' | '';
  /** For `dates`: local days such as `2026-01-31`, both inclusive, or times such as `2026-01-31T14:00`. */
  readonly from: string;
  readonly to: string;
}

export const EMPTY_QUERY: SearchQuery = {
  said: '',
  number: '',
  tag: '',
  provider: '',
  assistant: '',
  outcome: '',
  direction: '',
  min: '',
  max: '',
  order: '',
  when: '',
  from: '',
  to: '',
};

type Key = keyof SearchQuery;
const KEYS = Object.keys(EMPTY_QUERY) as Key[];
/** A day, or a time for links from a chart. */
const DAY = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?$/;
/** Up to 24 days, the longest duration of the API. */
const MINUTES = /^\d{1,4}(?:\.\d{1,2})?$/;
const isMinutes = (text: string): boolean => MINUTES.test(text);
const isDay = (text: string): boolean => DAY.test(text) && !Number.isNaN(Date.parse(text));

/** Validates values from the URL. Invalid values are ignored. */
const VALIDATORS = {
  said: () => true,
  number: () => true,
  tag: () => true,
  provider: () => true,
  assistant: () => true,
  outcome: (text) => text === 'LIVE' || Object.hasOwn(END_LABELS, text),
  direction: (text) => (DIRECTIONS as readonly string[]).includes(text),
  min: isMinutes,
  max: isMinutes,
  order: (text) => Object.hasOwn(ORDERS, text),
  when: (text) => text === 'dates' || isRange(text),
  from: isDay,
  to: isDay,
} as const satisfies Record<Key, (text: string) => boolean>;

/** @param search the query string of a URL, without the question mark. */
export function parseSearch(search: string): SearchQuery {
  const params = new URLSearchParams(search);
  const entries = KEYS.map((key) => [key, params.get(key) ?? ''] as const);
  const valid = entries.map(([key, text]) => [key, VALIDATORS[key](text) ? text : '']);
  return Object.fromEntries(valid) as Record<Key, string> as SearchQuery;
}

/** Formats the non-empty parts in a fixed order, so that equal queries give equal strings. */
export function formatSearch(query: SearchQuery): string {
  const params = new URLSearchParams();
  for (const key of KEYS) {
    const isForDates = key === 'from' || key === 'to';
    const text = isForDates && query.when !== 'dates' ? '' : query[key].trim();
    if (text !== '') params.set(key, text);
  }
  return params.toString();
}

export const historyHref = (query: Partial<SearchQuery>): string => {
  const search = formatSearch({ ...EMPTY_QUERY, ...query });
  return search === '' ? '/history' : `/history?${search}`;
};

/** Returns why a phone number is not valid as a search, or undefined if it is. */
export function numberError(number: string): string | undefined {
  if (number.trim() === '') return undefined;
  return /^\+?\d{1,20}$/.test(digitsOf(number) ?? '')
    ? undefined
    : 'Enter a number, its beginning or its last digits: up to 20 digits.';
}

/** Fewer digits find numbers that begin with them, and none that end with them. */
const MIN_LAST_DIGITS = 4;

/** Returns what a short number finds, or undefined if it needs no explanation. */
export function numberHint(number: string): string | undefined {
  const digits = digitsOf(number) ?? '';
  return /^\d+$/.test(digits) && digits.length < MIN_LAST_DIGITS
    ? `Last digits are found from ${MIN_LAST_DIGITS} digits on.`
    : undefined;
}

/** Encloses a text in quotation marks, unless it has its own. */
export const quoted = (text: string): string => (/["“”]/.test(text) ? text : `“${text}”`);

/** Converts the query to a filter of the API, without the text to search for. */
export function toCallFilter(query: SearchQuery, now: number): CallFilter {
  const tags = splitTags(query.tag);
  const number = query.number.trim();
  const assistant = query.assistant.trim();
  return {
    ...(query.provider !== '' && { providerIds: [query.provider] }),
    ...(assistant !== '' && { assistants: [assistant] }),
    ...(query.outcome === 'LIVE' && { live: true }),
    ...(query.outcome !== '' && query.outcome !== 'LIVE' && { endCategories: [query.outcome] }),
    ...(query.direction !== '' && { directions: [query.direction] }),
    ...(tags.length > 0 && { tags }),
    ...(number !== '' && numberError(number) === undefined && { number }),
    ...(isMinutes(query.min) && { minDurationMs: msOf(query.min) }),
    ...(isMinutes(query.max) && { maxDurationMs: msOf(query.max) }),
    ...timeFilter(query, now),
  };
}

const msOf = (minutes: string): number => Math.round(Number(minutes) * 60_000);

/** Returns the order of a list; null for the default. */
export const toCallOrder = ({ order }: Pick<SearchQuery, 'order'>): CallOrder | null =>
  order === '' ? null : ORDERS[order];

function timeFilter(
  { when, from, to }: SearchQuery,
  now: number,
): Pick<CallFilter, 'createdAfter' | 'createdBefore'> {
  if (when === '') return {};
  if (when !== 'dates') return { createdAfter: new Date(rangeStart(when, now)).toISOString() };
  const [start, end] = [localDay(from, 0), localDay(to, 1)];
  return {
    ...(start && { createdAfter: start.toISOString() }),
    ...(end && { createdBefore: end.toISOString() }),
  };
}
