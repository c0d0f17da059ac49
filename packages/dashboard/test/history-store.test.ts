import type { Client } from 'urql';
import { describe, expect, test } from 'vitest';
import { createHistoryStore, historyStoreOf, MAX_RESTORED } from '../page/history/history-store.ts';
import { EMPTY_QUERY, type SearchQuery } from '../page/history/search-query.ts';

interface PendingQuery {
  readonly variables: { readonly after?: string | null; readonly query?: string };
  respond(data: unknown): void;
  fail(): void;
}

/** A client that responds when the test calls `respond` or `fail`. */
function start() {
  const queries: PendingQuery[] = [];
  const query = (_document: unknown, variables: PendingQuery['variables']) => ({
    toPromise: () =>
      new Promise((resolve) => {
        queries.push({
          variables,
          respond: (data) => resolve({ data }),
          fail: () => resolve({ error: { graphQLErrors: [] } }),
        });
      }),
  });
  const store = createHistoryStore({ query } as unknown as Client);
  const search = (query: Partial<SearchQuery>): void => store.search({ ...EMPTY_QUERY, ...query });
  return { store, search, queries };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const calls = (ids: readonly string[], hasNextPage = false) => ({
  calls: {
    totalCount: 5,
    nodes: ids.map((id) => ({ id, utterances: { nodes: [] } })),
    pageInfo: { endCursor: `after ${ids.at(-1)}`, hasNextPage },
  },
});

describe('createHistoryStore', () => {
  test('appends the next page', async () => {
    const { store, search, queries } = start();
    search({});
    queries[0]!.respond(calls(['a', 'b'], true));
    await settled();
    expect(store.state()).toMatchObject({ total: 5, hasMore: true, isLoading: false });
    store.loadMore();
    expect(queries[1]!.variables.after).toBe('after b');
    queries[1]!.respond(calls(['c']));
    await settled();
    expect(store.state().results!.map(({ call }) => call.id)).toEqual(['a', 'b', 'c']);
    expect(store.state()).toMatchObject({ hasMore: false, firstNewIndex: 2 });
  });

  test('does not load a page twice', () => {
    const { store, search, queries } = start();
    search({});
    store.loadMore();
    expect(queries).toHaveLength(1);
  });

  test('shows the results of the latest search, whatever the order of responses', async () => {
    const { store, search, queries } = start();
    search({ provider: 'vapi' });
    search({ provider: 'vobiz' });
    queries[1]!.respond(calls(['new']));
    await settled();
    queries[0]!.respond(calls(['old']));
    await settled();
    expect(store.state().results!.map(({ call }) => call.id)).toEqual(['new']);
  });

  test('keeps the previous results until the new ones arrive', async () => {
    const { store, search, queries } = start();
    search({});
    queries[0]!.respond(calls(['a']));
    await settled();
    search({ said: 'pizza' });
    expect(store.state()).toMatchObject({ isLoading: true, said: '' });
    expect(store.state().results).toHaveLength(1);
    expect(queries[1]!.variables.query).toBe('pizza');
  });

  test('loads the pages that were shown before a reload', async () => {
    const { store, queries } = start();
    store.search(EMPTY_QUERY, 3);
    queries[0]!.respond(calls(['a', 'b'], true));
    await settled();
    expect(store.state().results).toBeUndefined();
    queries[1]!.respond(calls(['c', 'd'], true));
    await settled();
    expect(store.state()).toMatchObject({ loaded: 4, firstNewIndex: 0, hasMore: true });
    expect(queries).toHaveLength(2);
  });

  test('limits the number of pages that are loaded again', async () => {
    const { store, queries } = start();
    const many = Array.from({ length: MAX_RESTORED }, (_, i) => `${i}`);
    store.search(EMPTY_QUERY, 100_000);
    queries[0]!.respond(calls(many, true));
    await settled();
    expect([queries.length, store.state().loaded]).toEqual([1, MAX_RESTORED]);
  });

  test('resumes the last search with its results, and refreshes all of them', async () => {
    const { store, search, queries } = start();
    search({});
    queries[0]!.respond(calls(['a', 'b'], true));
    await settled();
    store.loadMore();
    queries[1]!.respond(calls(['c', 'd'], true));
    await settled();
    store.resume(EMPTY_QUERY);
    expect(store.state()).toMatchObject({ loaded: 4, isLoading: false });
    queries[2]!.respond(calls(['new', 'a'], true));
    await settled();
    expect(store.state().loaded).toBe(4);
    queries[3]!.respond(calls(['b', 'c'], true));
    await settled();
    expect(store.state().results!.map(({ call }) => call.id)).toEqual(['new', 'a', 'b', 'c']);
    store.resume({ ...EMPTY_QUERY, provider: 'vapi' });
    expect(store.state().isLoading).toBe(true);
  });

  test('a client has one store, which keeps its search', () => {
    const client = {} as Client;
    expect(historyStoreOf(client)).toBe(historyStoreOf(client));
    expect(historyStoreOf({} as Client)).not.toBe(historyStoreOf(client));
  });

  test('reports an error and retries from the same cursor', async () => {
    const { store, search, queries } = start();
    search({});
    queries[0]!.respond(calls(['a'], true));
    await settled();
    store.loadMore();
    queries[1]!.fail();
    await settled();
    expect(store.state().error?.code).toBe('NETWORK');
    store.loadMore();
    expect([queries[2]!.variables.after, store.state().error]).toEqual(['after a', undefined]);
  });
});
