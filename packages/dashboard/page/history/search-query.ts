/** What is looked for in history. It stands in the page's address, so that it can be shared and gone back to. Pure. */
import type { EnumOf, VariablesOf } from '../api/graphql.ts';
import { isRange, rangeStart, type Range } from '../ui/ranges.ts';
import { END_LABELS } from '../ui/labels.ts';
import type { PAST_CALLS } from './documents.ts';

export type CallFilter = NonNullable<VariablesOf<typeof PAST_CALLS>['filter']>;

export const DIRECTIONS = ['INBOUND', 'OUTBOUND', 'WEB'] as const satisfies EnumOf<'CallDirection'>[];

/** How a call ended, or that it has not. */
export type Outcome = EnumOf<'EndCategory'> | 'LIVE';

/** Every part is text, empty where it does not matter. */
export interface SearchQuery {
  readonly said: string;
  readonly number: string;
  /** Tags with commas between them. */
  readonly tag: string;
  readonly provider: string;
  readonly outcome: Outcome | '';
  readonly direction: EnumOf<'CallDirection'> | '';
  readonly when: Range | 'dates' | '';
  /** Of `dates`: local days like `2026-01-31`, both included. */
  readonly from: string;
  readonly to: string;
}

export const EMPTY_QUERY: SearchQuery = {
  said: '',
  number: '',
  tag: '',
  provider: '',
  outcome: '',
  direction: '',
  when: '',
  from: '',
  to: '',
};

type Key = keyof SearchQuery;
const KEYS = Object.keys(EMPTY_QUERY) as Key[];
const DAY = /^\d{4}-\d\d-\d\d$/;
const isDay = (text: string): boolean => DAY.test(text) && !Number.isNaN(Date.parse(text));

/** Whether a value of an address can be one. What cannot is passed over. */
const CHECKS = {
  said: () => true,
  number: () => true,
  tag: () => true,
  provider: () => true,
  outcome: (text) => text === 'LIVE' || Object.hasOwn(END_LABELS, text),
  direction: (text) => (DIRECTIONS as readonly string[]).includes(text),
  when: (text) => text === 'dates' || isRange(text),
  from: isDay,
  to: isDay,
} as const satisfies Record<Key, (text: string) => boolean>;

/** @param search of an address, without its question mark. */
export function parseSearch(search: string): SearchQuery {
  const params = new URLSearchParams(search);
  const given = KEYS.map((key) => [key, params.get(key) ?? ''] as const);
  const checked = given.map(([key, text]) => [key, CHECKS[key](text) ? text : '']);
  return Object.fromEntries(checked) as Record<Key, string> as SearchQuery;
}

/** Only what matters, always in the same order: the same query is the same text. */
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

const PUNCTUATION = /[\s().-]/g;

/** Why a number cannot be looked for, if it cannot. */
export function numberError(number: string): string | undefined {
  const digits = number.trim().replace(/^\+/, '').replaceAll(PUNCTUATION, '');
  return /^\d{0,20}$/.test(digits) ? undefined : 'A number has at most 20 digits, and nothing else.';
}

/** The query as the API takes it, but for the words. */
export function toCallFilter(query: SearchQuery, now: number): CallFilter {
  const tags = query.tag
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const number = query.number.trim();
  return {
    ...(query.provider !== '' && { providerIds: [query.provider] }),
    ...(query.outcome === 'LIVE' && { live: true }),
    ...(query.outcome !== '' && query.outcome !== 'LIVE' && { endCategories: [query.outcome] }),
    ...(query.direction !== '' && { directions: [query.direction] }),
    ...(tags.length > 0 && { tags }),
    ...(/\d/.test(number) && numberError(number) === undefined && { number }),
    ...timeFilter(query, now),
  };
}

function timeFilter(
  { when, from, to }: SearchQuery,
  now: number,
): Pick<CallFilter, 'createdAfter' | 'createdBefore'> {
  if (when === '') return {};
  if (when !== 'dates') return { createdAfter: new Date(rangeStart(when, now)).toISOString() };
  return {
    ...(from !== '' && { createdAfter: localDay(from, 0).toISOString() }),
    ...(to !== '' && { createdBefore: localDay(to, 1).toISOString() }),
  };
}

/** The beginning of a day where the page is looked at, or of one that many days later. */
function localDay(day: string, later: number): Date {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year!, month! - 1, date! + later);
}
