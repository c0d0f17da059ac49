/**
 * Search results as a store outside React. Previous results stay until the new ones arrive, to avoid flicker, and they are
 * kept while another page is shown, so that the way back from a call leads to the same place.
 */
import type { Client } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import { CALL_COUNT, MATCHES, PAST_CALLS, type Match, type PastCall } from './documents.ts';
import { toCallResults, toMatchResults, type SearchResult } from './search-results.ts';
import {
  formatSearch,
  toCallFilter,
  toCallOrder,
  type CallFilter,
  type SearchQuery,
} from './search-query.ts';

export interface HistoryState {
  /** Undefined until the first response. */
  readonly results: readonly SearchResult[] | undefined;
  /** The text of the search; empty if only calls were filtered. */
  readonly said: string;
  /** The number of calls or matches that were loaded. */
  readonly loaded: number;
  /** The number of calls on all pages. */
  readonly total: number | undefined;
  readonly hasMore: boolean;
  /** The index of the first result of the latest page. */
  readonly firstNewIndex: number;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

export interface HistoryStore {
  readonly state: () => HistoryState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Starts a search. @param atLeast loads pages until so many calls or matches are there; default: one page */
  search(query: SearchQuery, atLeast?: number): void;
  /** As `search`. If it was the last search, its results stay and are refreshed, all that were loaded. */
  resume(query: SearchQuery, atLeast?: number): void;
  loadMore(): void;
}

const CALLS_PER_PAGE = 30;
/** Pages are not loaded again beyond this number of calls or matches. */
export const MAX_RESTORED = 300;
/** Larger, because several matches can belong to one call. */
const MATCHES_PER_PAGE = 60;

const INITIAL_STATE: HistoryState = {
  results: undefined,
  loaded: 0,
  said: '',
  total: undefined,
  hasMore: false,
  firstNewIndex: 0,
  isLoading: true,
  error: undefined,
};

/** Fetches a page; `after` is null for the first one. */
type FetchPage = (after: string | null) => Promise<Page | ApiError>;

interface Page {
  readonly results: readonly SearchResult[];
  readonly loaded: number;
  readonly total?: number | undefined;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

const UNCACHED = { requestPolicy: 'network-only' } as const;

export function createHistoryStore(client: Client): HistoryStore {
  const listeners = new Set<() => void>();
  let state = INITIAL_STATE;
  let fetchPage: FetchPage | undefined;
  let cursor: string | null = null;
  /** The last search, as in the URL. */
  let searched: string | undefined;

  function setState(change: Partial<HistoryState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  async function load(said: string, atLeast = 0, isQuiet = false): Promise<void> {
    const requested = fetchPage!;
    if (!isQuiet) setState({ isLoading: true, error: undefined });
    const isFirst = cursor === null;
    let total = state.total;
    let page: Page | ApiError;
    do {
      page = await requested(cursor);
      // A new search was started meanwhile.
      if (requested !== fetchPage) return;
      if ('code' in page) return setState({ isLoading: false, error: page });
      cursor = page.endCursor;
      total = page.total ?? total;
    } while (page.hasNextPage && page.loaded < atLeast);
    setState({
      firstNewIndex: isFirst ? 0 : (state.results?.length ?? 0),
      results: page.results,
      loaded: page.loaded,
      said,
      total,
      hasMore: page.hasNextPage,
      isLoading: false,
    });
  }

  function search(query: SearchQuery, atLeast = 0, isQuiet = false): void {
    const said = query.said.trim();
    fetchPage = said === '' ? callPages(client, query) : matchPages(client, said, query);
    searched = formatSearch(query);
    cursor = null;
    void load(said, Math.min(atLeast, MAX_RESTORED), isQuiet);
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    search: (query, atLeast) => search(query, atLeast),
    resume(query, atLeast) {
      const isSame = searched === formatSearch(query) && state.results !== undefined && !state.error;
      if (!isSame) return search(query, atLeast);
      // More than that would take many requests: the results stay as they are.
      if (state.loaded <= MAX_RESTORED && !state.isLoading) search(query, state.loaded, true);
      return undefined;
    },
    loadMore: () => void (state.isLoading || load(state.said)),
  };
}

/** The stores of API clients: one for each sign-in. */
const stores = new WeakMap<Client, HistoryStore>();

/** Returns the store of a client, with its last search. */
export function historyStoreOf(client: Client): HistoryStore {
  const store = stores.get(client) ?? createHistoryStore(client);
  stores.set(client, store);
  return store;
}

function callPages(client: Client, query: SearchQuery): FetchPage {
  const filter = toCallFilter(query, Date.now());
  const orderBy = toCallOrder(query);
  const calls: PastCall[] = [];
  return async (after) => {
    const variables = { filter, orderBy, first: CALLS_PER_PAGE, after };
    const { data, error } = await client.query(PAST_CALLS, variables, UNCACHED).toPromise();
    if (!data) return toApiError(error!);
    calls.push(...data.calls.nodes);
    const { totalCount: total, pageInfo } = data.calls;
    return { results: toCallResults(calls), loaded: calls.length, total, ...pageInfo };
  };
}

function matchPages(client: Client, said: string, query: SearchQuery): FetchPage {
  const filter = toCallFilter(query, Date.now());
  const matches: Match[] = [];
  return async (after) => {
    const variables = { query: said, filter, first: MATCHES_PER_PAGE, after };
    const [{ data, error }, total] = await Promise.all([
      client.query(MATCHES, variables, UNCACHED).toPromise(),
      after === null ? countCalls(client, { ...filter, said }) : undefined,
    ]);
    if (!data) return toApiError(error!);
    matches.push(...data.searchTranscripts.nodes);
    const { pageInfo } = data.searchTranscripts;
    return { results: toMatchResults(matches), loaded: matches.length, total, ...pageInfo };
  };
}

async function countCalls(client: Client, filter: CallFilter): Promise<number | undefined> {
  const { data } = await client.query(CALL_COUNT, { filter }, UNCACHED).toPromise();
  return data?.calls.totalCount;
}
