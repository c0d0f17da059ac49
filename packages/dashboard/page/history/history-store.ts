/** Search results as a store outside React. Previous results stay until the new ones arrive, to avoid flicker. */
import type { Client } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import { CALL_COUNT, MATCHES, PAST_CALLS, type Match, type PastCall } from './documents.ts';
import { toCallResults, toMatchResults, type SearchResult } from './search-results.ts';
import { toCallFilter, type CallFilter, type SearchQuery } from './search-query.ts';

export interface HistoryState {
  /** Undefined until the first response. */
  readonly results: readonly SearchResult[] | undefined;
  /** The text of the search; empty if only calls were filtered. */
  readonly said: string;
  /** The number of calls on all pages. */
  readonly total: number | undefined;
  readonly hasMore: boolean;
  /** The index of the first result of the latest page. */
  readonly firstNewIndex: number;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

interface HistoryStore {
  readonly state: () => HistoryState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Starts a new search. */
  search(query: SearchQuery): void;
  loadMore(): void;
}

const CALLS_PER_PAGE = 30;
/** Larger, because several matches can belong to one call. */
const MATCHES_PER_PAGE = 60;

const INITIAL_STATE: HistoryState = {
  results: undefined,
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

  function setState(change: Partial<HistoryState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  async function load(said: string): Promise<void> {
    const requested = fetchPage!;
    setState({ isLoading: true, error: undefined });
    const page = await requested(cursor);
    // A new search was started meanwhile.
    if (requested !== fetchPage) return;
    if ('code' in page) return setState({ isLoading: false, error: page });
    const firstNewIndex = cursor === null ? 0 : (state.results?.length ?? 0);
    cursor = page.endCursor;
    setState({
      firstNewIndex,
      results: page.results,
      said,
      total: page.total ?? state.total,
      hasMore: page.hasNextPage,
      isLoading: false,
    });
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    search(query) {
      const said = query.said.trim();
      const filter = toCallFilter(query, Date.now());
      fetchPage = said === '' ? callPages(client, filter) : matchPages(client, said, filter);
      cursor = null;
      void load(said);
    },
    loadMore: () => void (state.isLoading || load(state.said)),
  };
}

function callPages(client: Client, filter: CallFilter): FetchPage {
  const calls: PastCall[] = [];
  return async (after) => {
    const variables = { filter, first: CALLS_PER_PAGE, after };
    const { data, error } = await client.query(PAST_CALLS, variables, UNCACHED).toPromise();
    if (!data) return toApiError(error!);
    calls.push(...data.calls.nodes);
    return { results: toCallResults(calls), total: data.calls.totalCount, ...data.calls.pageInfo };
  };
}

function matchPages(client: Client, query: string, filter: CallFilter): FetchPage {
  const matches: Match[] = [];
  return async (after) => {
    const variables = { query, filter, first: MATCHES_PER_PAGE, after };
    const [{ data, error }, total] = await Promise.all([
      client.query(MATCHES, variables, UNCACHED).toPromise(),
      after === null ? countCalls(client, { ...filter, said: query }) : undefined,
    ]);
    if (!data) return toApiError(error!);
    matches.push(...data.searchTranscripts.nodes);
    return { results: toMatchResults(matches), total, ...data.searchTranscripts.pageInfo };
  };
}

async function countCalls(client: Client, filter: CallFilter): Promise<number | undefined> {
  const { data } = await client.query(CALL_COUNT, { filter }, UNCACHED).toPromise();
  return data?.calls.totalCount;
}
