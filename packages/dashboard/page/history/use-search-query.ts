/** The search query of the URL. Input is displayed at once and written to the URL after a pause. */
import { useEffect, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { lastSearch } from './last-search.ts';
import { formatSearch, historyHref, parseSearch, type SearchQuery } from './search-query.ts';

/** Some browsers also limit how often the URL may change. */
const DEBOUNCE_MS = 250;

interface SearchQueryState {
  /** The current input. */
  readonly query: SearchQuery;
  readonly setQuery: (query: SearchQuery) => void;
  /** The query string of the URL. */
  readonly search: string;
}

export function useSearchQuery(): SearchQueryState {
  const search = formatSearch(parseSearch(useSearch()));
  const [, navigate] = useLocation();
  const [query, setQuery] = useState(() => parseSearch(search));
  const synced = useRef(search);

  useEffect(() => lastSearch.set(historyHref(parseSearch(search))), [search]);

  // The URL was changed by a link or the back button.
  useEffect(() => {
    if (search === synced.current) return;
    synced.current = search;
    setQuery(parseSearch(search));
  }, [search]);

  useEffect(() => {
    const next = formatSearch(query);
    if (next === synced.current) return undefined;
    const timer = setTimeout(() => {
      synced.current = next;
      navigate(historyHref(query), { replace: true });
    }, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [query, navigate]);

  return { query, setQuery, search };
}
