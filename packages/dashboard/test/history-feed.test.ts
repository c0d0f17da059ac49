import type { Client } from 'urql';
import { describe, expect, test } from 'vitest';
import { createHistoryFeed } from '../page/history/history-feed.ts';
import { ANYTHING, type Wish } from '../page/history/wish.ts';

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
  const feed = createHistoryFeed({ query } as unknown as Client);
  const look = (wish: Partial<Wish>): void => feed.look({ ...ANYTHING, ...wish });
  return { feed, look, asked };
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
    const { feed, look, asked } = start();
    look({});
    asked[0]!.answer(calls(['a', 'b'], true));
    await settled();
    expect(feed.state()).toMatchObject({ total: 5, hasMore: true, isLoading: false });
    feed.more();
    expect(asked[1]!.variables.after).toBe('after b');
    asked[1]!.answer(calls(['c']));
    await settled();
    expect(feed.state().found!.map(({ call }) => call.id)).toEqual(['a', 'b', 'c']);
    expect(feed.state()).toMatchObject({ hasMore: false, newFrom: 2 });
  });

  test('asks for the next page once, however often it is told to', () => {
    const { feed, look, asked } = start();
    look({});
    feed.more();
    expect(asked).toHaveLength(1);
  });

  test('shows what was looked for last, whichever answer comes last', async () => {
    const { feed, look, asked } = start();
    look({ provider: 'vapi' });
    look({ provider: 'vobiz' });
    asked[1]!.answer(calls(['new']));
    await settled();
    asked[0]!.answer(calls(['old']));
    await settled();
    expect(feed.state().found!.map(({ call }) => call.id)).toEqual(['new']);
  });

  test('keeps what was found until the next is there', async () => {
    const { feed, look, asked } = start();
    look({});
    asked[0]!.answer(calls(['a']));
    await settled();
    look({ said: 'pizza' });
    expect(feed.state()).toMatchObject({ isLoading: true, said: '' });
    expect(feed.state().found).toHaveLength(1);
    expect(asked[1]!.variables.query).toBe('pizza');
  });

  test('tells what went wrong, and goes on from where it was', async () => {
    const { feed, look, asked } = start();
    look({});
    asked[0]!.answer(calls(['a'], true));
    await settled();
    feed.more();
    asked[1]!.fail();
    await settled();
    expect(feed.state().trouble?.code).toBe('NETWORK');
    feed.more();
    expect([asked[2]!.variables.after, feed.state().trouble]).toEqual(['after a', undefined]);
  });
});
