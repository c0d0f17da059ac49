/** The query of the page's address. What is typed shows at once, and is looked for after a pause. */
import { useEffect, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { lastSearch } from './last-search.ts';
import { historyHref, formatSearch, parseSearch, type SearchQuery } from './search-query.ts';

/** Also because some browsers refuse an address that changes with every key. */
const PAUSE_MS = 250;

export interface SearchQueryState {
  /** As it is typed. */
  readonly query: SearchQuery;
  readonly setQuery: (query: SearchQuery) => void;
  /** As it stands in the address. */
  readonly search: string;
}

export function useSearchQuery(): SearchQueryState {
  const search = formatSearch(parseSearch(useSearch()));
  const [, navigate] = useLocation();
  const [query, setQuery] = useState(() => parseSearch(search));
  const told = useRef(search);

  useEffect(() => lastSearch.put(historyHref(parseSearch(search))), [search]);

  // The address was changed by something else: a link, or the way back.
  useEffect(() => {
    if (search === told.current) return;
    told.current = search;
    setQuery(parseSearch(search));
  }, [search]);

  useEffect(() => {
    const next = formatSearch(query);
    if (next === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = next;
      navigate(historyHref(query), { replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query, navigate]);

  return { query, setQuery, search };
}
