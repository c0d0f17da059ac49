/** What is results, as a store outside React. What was results before stays until the next is there, so that nothing flickers. */
import type { Client } from 'urql';
import { toApiError, type ApiError } from '../api/errors.ts';
import { CALL_COUNT, MATCHES, PAST_CALLS, type Match, type PastCall } from './documents.ts';
import { toCallResults, toMatchResults, type SearchResult } from './search-results.ts';
import { toCallFilter, type CallFilter, type SearchQuery } from './search-query.ts';

export interface HistoryState {
  /** Undefined until there is an answer. */
  readonly results: readonly SearchResult[] | undefined;
  /** The words that were results, empty where none were looked for. */
  readonly said: string;
  /** How many calls there are, on further pages too. */
  readonly total: number | undefined;
  readonly hasMore: boolean;
  /** How many were there before the page that came last. */
  readonly firstNewIndex: number;
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

export interface HistoryStore {
  readonly state: () => HistoryState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Looks for something else. */
  search(query: SearchQuery): void;
  loadMore(): void;
}

/** A page of calls, and of places where words were said: several may be of one call. */
const CALLS_A_PAGE = 30;
const MATCHES_A_PAGE = 60;

const INITIAL_STATE: HistoryState = {
  results: undefined,
  said: '',
  total: undefined,
  hasMore: false,
  firstNewIndex: 0,
  isLoading: true,
  error: undefined,
};

/** A page of what is looked for; `after` is null for the first. */
type Ask = (after: string | null) => Promise<Page | ApiError>;

interface Page {
  readonly results: readonly SearchResult[];
  readonly total?: number | undefined;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

const FRESH = { requestPolicy: 'network-only' } as const;

export function createHistoryStore(client: Client): HistoryStore {
  const listeners = new Set<() => void>();
  let state = INITIAL_STATE;
  let ask: Ask | undefined;
  let cursor: string | null = null;

  function setState(change: Partial<HistoryState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  async function load(said: string): Promise<void> {
    const asked = ask!;
    setState({ isLoading: true, error: undefined });
    const page = await asked(cursor);
    // Something else is looked for by now.
    if (asked !== ask) return;
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
      ask = said === '' ? callPages(client, filter) : matchPages(client, said, filter);
      cursor = null;
      void load(said);
    },
    loadMore: () => void (state.isLoading || load(state.said)),
  };
}

function callPages(client: Client, filter: CallFilter): Ask {
  const calls: PastCall[] = [];
  return async (after) => {
    const variables = { filter, first: CALLS_A_PAGE, after };
    const { data, error } = await client.query(PAST_CALLS, variables, FRESH).toPromise();
    if (!data) return toApiError(error!);
    calls.push(...data.calls.nodes);
    return { results: toCallResults(calls), total: data.calls.totalCount, ...data.calls.pageInfo };
  };
}

function matchPages(client: Client, query: string, filter: CallFilter): Ask {
  const matches: Match[] = [];
  return async (after) => {
    const variables = { query, filter, first: MATCHES_A_PAGE, after };
    const [{ data, error }, total] = await Promise.all([
      client.query(MATCHES, variables, FRESH).toPromise(),
      after === null ? countCalls(client, { ...filter, said: query }) : undefined,
    ]);
    if (!data) return toApiError(error!);
    matches.push(...data.searchTranscripts.nodes);
    return { results: toMatchResults(matches), total, ...data.searchTranscripts.pageInfo };
  };
}

async function countCalls(client: Client, filter: CallFilter): Promise<number | undefined> {
  const { data } = await client.query(CALL_COUNT, { filter }, FRESH).toPromise();
  return data?.calls.totalCount;
}
