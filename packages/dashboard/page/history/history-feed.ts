/** What is found, as a store outside React. What was found before stays until the next is there, so that nothing flickers. */
import type { Client } from 'urql';
import { troubleOf, type Trouble } from '../api/errors.ts';
import { HOW_MANY, MATCHES, PAST_CALLS, type Match, type PastCall } from './documents.ts';
import { foundCalls, foundMatches, type Found } from './results.ts';
import { filterOf, type CallFilter, type Wish } from './wish.ts';

export interface HistoryState {
  /** Undefined until there is an answer. */
  readonly found: readonly Found[] | undefined;
  /** The words that were found, empty where none were looked for. */
  readonly said: string;
  /** How many calls there are, on further pages too. */
  readonly total: number | undefined;
  readonly hasMore: boolean;
  /** How many were there before the page that came last. */
  readonly newFrom: number;
  readonly isLoading: boolean;
  readonly trouble: Trouble | undefined;
}

export interface HistoryFeed {
  readonly state: () => HistoryState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Looks for something else. */
  look(wish: Wish): void;
  more(): void;
}

/** A page of calls, and of places where words were said: several may be of one call. */
const CALLS_A_PAGE = 30;
const MATCHES_A_PAGE = 60;

const NOTHING_YET: HistoryState = {
  found: undefined,
  said: '',
  total: undefined,
  hasMore: false,
  newFrom: 0,
  isLoading: true,
  trouble: undefined,
};

/** A page of what is looked for; `after` is null for the first. */
type Ask = (after: string | null) => Promise<Page | Trouble>;

interface Page {
  readonly found: readonly Found[];
  readonly total?: number | undefined;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

const FRESH = { requestPolicy: 'network-only' } as const;

export function createHistoryFeed(client: Client): HistoryFeed {
  const listeners = new Set<() => void>();
  let state = NOTHING_YET;
  let ask: Ask | undefined;
  let cursor: string | null = null;

  function become(change: Partial<HistoryState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  async function load(said: string): Promise<void> {
    const asked = ask!;
    become({ isLoading: true, trouble: undefined });
    const page = await asked(cursor);
    // Something else is looked for by now.
    if (asked !== ask) return;
    if ('code' in page) return become({ isLoading: false, trouble: page });
    const newFrom = cursor === null ? 0 : (state.found?.length ?? 0);
    cursor = page.endCursor;
    become({
      newFrom,
      found: page.found,
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
    look(wish) {
      const said = wish.said.trim();
      const filter = filterOf(wish, Date.now());
      ask = said === '' ? askCalls(client, filter) : askMatches(client, said, filter);
      cursor = null;
      void load(said);
    },
    more: () => void (state.isLoading || load(state.said)),
  };
}

function askCalls(client: Client, filter: CallFilter): Ask {
  const calls: PastCall[] = [];
  return async (after) => {
    const variables = { filter, first: CALLS_A_PAGE, after };
    const { data, error } = await client.query(PAST_CALLS, variables, FRESH).toPromise();
    if (!data) return troubleOf(error!);
    calls.push(...data.calls.nodes);
    return { found: foundCalls(calls), total: data.calls.totalCount, ...data.calls.pageInfo };
  };
}

function askMatches(client: Client, query: string, filter: CallFilter): Ask {
  const matches: Match[] = [];
  return async (after) => {
    const variables = { query, filter, first: MATCHES_A_PAGE, after };
    const [{ data, error }, total] = await Promise.all([
      client.query(MATCHES, variables, FRESH).toPromise(),
      after === null ? howMany(client, { ...filter, said: query }) : undefined,
    ]);
    if (!data) return troubleOf(error!);
    matches.push(...data.searchTranscripts.nodes);
    return { found: foundMatches(matches), total, ...data.searchTranscripts.pageInfo };
  };
}

async function howMany(client: Client, filter: CallFilter): Promise<number | undefined> {
  const { data } = await client.query(HOW_MANY, { filter }, FRESH).toPromise();
  return data?.calls.totalCount;
}
