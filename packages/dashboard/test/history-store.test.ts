import type { Client } from 'urql';
import { describe, expect, test } from 'vitest';
import { createHistoryStore } from '../page/history/history-store.ts';
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
