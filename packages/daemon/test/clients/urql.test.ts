import { Client, cacheExchange, fetchExchange, subscriptionExchange, type OperationResult } from '@urql/core';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CALLS, EVENTS, SAY, type CallsPage } from './operations.ts';
import { AUTHORIZATION, startClientDaemon } from './support.ts';

test('urql queries, mutates, subscribes and pages', async () => {
  const it = await startClientDaemon();
  const socket = createClient({
    url: it.socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: AUTHORIZATION },
  });
  const client = new Client({
    url: it.url('graphql'),
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: AUTHORIZATION } },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query: query ?? '', variables: variables as never },
              sink as never,
            ),
          }),
        }),
      }),
    ],
  });

  const seen: string[] = [];
  let ids: string[] = [];
  for (let after: string | null = null, pages = 0; pages < 3; pages++) {
    const page: OperationResult<CallsPage> = await client
      .query<CallsPage>(CALLS, { first: 2, after })
      .toPromise();
    expect(page.error).toBeUndefined();
    const { edges, pageInfo } = page.data!.calls;
    seen.push(...edges.map(({ node }) => node.providerCallId));
    ids = edges.map(({ node }) => node.id);
    after = pageInfo.endCursor;
    expect(pageInfo.hasNextPage).toBe(pages < 2);
  }
  expect(seen).toEqual(['c4', 'c3', 'c2', 'c1', 'c0']);

  const said = await client.mutation(SAY, { input: { callId: ids[0], content: 'Hi' } }).toPromise();
  expect(said.data).toMatchObject({ say: { command: { status: 'ACCEPTED' }, failure: null } });

  const received = new Promise((resolve) => {
    const { unsubscribe } = client.subscription(EVENTS, {}).subscribe(({ data }) => {
      unsubscribe();
      resolve(data);
    });
  });
  await it.emitUtterance();
  expect(await received).toMatchObject({ callEvents: { utterance: { text: 'words 1' } } });
  await socket.dispose();
});
