/** Searches for numbers, for tests. */
import { NO_COUNTRIES, type Countries } from '../../src/calls/numbers/countries.ts';
import { parseNumberSearch, type NumberSearch } from '../../src/calls/numbers/number-search.ts';

export function searchFor(text: string, countries: Countries = NO_COUNTRIES): NumberSearch {
  const search = parseNumberSearch(text, countries);
  if (!search) throw new Error(`not a number: ${text}`);
  return search;
}
