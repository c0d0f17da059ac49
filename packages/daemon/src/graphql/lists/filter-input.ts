/** Checks and converts the filter of calls. */
import {
  FaultError,
  invalidArgument,
  normalizeUnicode,
  type CallDirection,
  type CallStatus,
  type EndCategory,
  type ProviderId,
} from '@sidetone/core';
import type { Countries } from '../../calls/numbers/countries.ts';
import {
  exactNumberSearch,
  MAX_NUMBER_DIGITS,
  parseNumberSearch,
  type NumberSearch,
} from '../../calls/numbers/number-search.ts';
import type { CallFilter, LiveCallFilter } from '../../calls/ports.ts';

/** The maximum number of values in a list of a filter. */
export const MAX_FILTER_VALUES = 100;
/** The maximum length of a search text, in characters. */
export const MAX_SEARCH_CHARACTERS = 500;

/** Null means the same as an argument that is left out. */
type Optional<Value> = Value | null | undefined;

export interface CallFilterInput {
  readonly providerIds?: Optional<string[]>;
  readonly statuses?: Optional<CallStatus[]>;
  readonly live?: Optional<boolean>;
  readonly directions?: Optional<CallDirection[]>;
  readonly endCategories?: Optional<EndCategory[]>;
  readonly assistants?: Optional<string[]>;
  readonly createdAfter?: Optional<number>;
  readonly createdBefore?: Optional<number>;
  readonly minDurationMs?: Optional<number>;
  readonly maxDurationMs?: Optional<number>;
  readonly held?: Optional<boolean>;
  readonly number?: Optional<string>;
  readonly numberIs?: Optional<string>;
  readonly tags?: Optional<string[]>;
  readonly said?: Optional<string>;
}

/** @throws {FaultError} INPUT_INVALID with the path of the field. */
export function toFilter(input: Optional<CallFilterInput>, countries: Countries): CallFilter {
  const { number, numberIs, tags, said, providerIds, ...others } = input ?? {};
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value != null));
  checkValues(input);
  if (said != null) checkSearch('filter.said', said);
  if (number != null && numberIs != null)
    throw invalidArgument('filter.numberIs', 'expected either number or numberIs');
  return {
    ...given,
    ...(providerIds != null && { providerIds: providerIds as ProviderId[] }),
    ...(number != null && { number: searchOf(number, countries) }),
    ...(numberIs != null && { number: exactly(numberIs, countries) }),
    ...(tags != null && { tags: tags.map((tag) => normalizeUnicode(tag.trim(), 'NFC')) }),
    ...(said != null && { said }),
  };
}

/** Checks the length of the lists of a filter. @throws {FaultError} INPUT_INVALID with the path of the field. */
export function checkValues(filter: object | null | undefined): void {
  for (const [key, value] of Object.entries(filter ?? {})) {
    if (!Array.isArray(value) || value.length <= MAX_FILTER_VALUES) continue;
    const problem = `expected at most ${MAX_FILTER_VALUES} values, received ${value.length}`;
    throw invalidArgument(`filter.${key}`, problem);
  }
}

/** Converts the filter of a subscription. @throws {FaultError} INPUT_INVALID also for `said`, which needs the search index. */
export function toLiveFilter(input: Optional<CallFilterInput>, countries: Countries): LiveCallFilter {
  const { said, ...filter } = toFilter(input, countries);
  if (said === undefined) return filter;
  throw invalidArgument(
    'filter.said',
    'subscriptions do not search transcripts; use `calls` or `searchTranscripts`',
  );
}

function searchOf(number: string, countries: Countries): NumberSearch {
  const search = parseNumberSearch(number, countries);
  if (search) return search;
  throw invalidArgument('filter.number', `expected a telephone number of 1 to ${MAX_NUMBER_DIGITS} digits`);
}

function exactly(number: string, countries: Countries): NumberSearch {
  const search = exactNumberSearch(number, countries);
  if (search) return search;
  throw invalidArgument('filter.numberIs', 'expected a complete telephone number');
}

/** Checks the length of a search text. @throws {FaultError} INPUT_INVALID. */
export function checkSearch(argument: string, text: string): void {
  if (text.length <= MAX_SEARCH_CHARACTERS) return;
  const message = `${argument}: expected at most ${MAX_SEARCH_CHARACTERS} characters, received ${text.length}`;
  throw new FaultError('INPUT_INVALID', message, { details: { argument, maximum: MAX_SEARCH_CHARACTERS } });
}
