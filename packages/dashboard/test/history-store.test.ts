import type { Client } from 'urql';
import { describe, expect, test } from 'vitest';
import { createHistoryStore } from '../page/history/history-store.ts';
import { EMPTY_QUERY, type SearchQuery } from '../page/history/search-query.ts';

interface Asked {
  readonly variables: { readonly after?: string | null; readonly query?: string };
  answer(data: unknown): void;
  fail(): void;
}

/** A client whose answers come when the test says so. */
function start() {
  const asked: Asked[] = [];
  const query = (_document: unknown, variables: Asked['variables']) => ({
    toPromise: () =>
      new Promise((resolve) => {
        asked.push({
          variables,
          answer: (data) => resolve({ data }),
          fail: () => resolve({ error: { graphQLErrors: [] } }),
        });
      }),
  });
  const store = createHistoryStore({ query } as unknown as Client);
  const search = (query: Partial<SearchQuery>): void => store.search({ ...EMPTY_QUERY, ...query });
  return { store, search, asked };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const calls = (ids: readonly string[], hasNextPage = false) => ({
  calls: {
    totalCount: 5,
    nodes: ids.map((id) => ({ id, utterances: { nodes: [] } })),
    pageInfo: { endCursor: `after ${ids.at(-1)}`, hasNextPage },
  },
});

describe('history', () => {
  test('has the next page behind the first', async () => {
    const { store, search, asked } = start();
    search({});
    asked[0]!.answer(calls(['a', 'b'], true));
    await settled();
    expect(store.state()).toMatchObject({ total: 5, hasMore: true, isLoading: false });
    store.loadMore();
    expect(asked[1]!.variables.after).toBe('after b');
    asked[1]!.answer(calls(['c']));
    await settled();
    expect(store.state().results!.map(({ call }) => call.id)).toEqual(['a', 'b', 'c']);
    expect(store.state()).toMatchObject({ hasMore: false, firstNewIndex: 2 });
  });

  test('asks for the next page once, however often it is told to', () => {
    const { store, search, asked } = start();
    search({});
    store.loadMore();
    expect(asked).toHaveLength(1);
  });

  test('shows what was looked for last, whichever answer comes last', async () => {
    const { store, search, asked } = start();
    search({ provider: 'vapi' });
    search({ provider: 'vobiz' });
    asked[1]!.answer(calls(['new']));
    await settled();
    asked[0]!.answer(calls(['old']));
    await settled();
    expect(store.state().results!.map(({ call }) => call.id)).toEqual(['new']);
  });

  test('keeps what was results until the next is there', async () => {
    const { store, search, asked } = start();
    search({});
    asked[0]!.answer(calls(['a']));
    await settled();
    search({ said: 'pizza' });
    expect(store.state()).toMatchObject({ isLoading: true, said: '' });
    expect(store.state().results).toHaveLength(1);
    expect(asked[1]!.variables.query).toBe('pizza');
  });

  test('tells what went wrong, and goes on from where it was', async () => {
    const { store, search, asked } = start();
    search({});
    asked[0]!.answer(calls(['a'], true));
    await settled();
    store.loadMore();
    asked[1]!.fail();
    await settled();
    expect(store.state().error?.code).toBe('NETWORK');
    store.loadMore();
    expect([asked[2]!.variables.after, store.state().error]).toEqual(['after a', undefined]);
  });
});
