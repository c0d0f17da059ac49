import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import { Kind, OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { firstValueFrom } from 'rxjs';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../support/daemon.ts';
import { CALLS, EVENTS, SAY, type CallsPage } from './operations.ts';
import { AUTHORIZATION, startClientDaemon } from './support.ts';

test('Apollo Client queries, mutates, subscribes and pages', async () => {
  const it = await startClientDaemon();
  const socket = createClient({
    url: it.socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: AUTHORIZATION },
  });
  const client = new ApolloClient({
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { calls: relayStylePagination() } } } }),
    link: ApolloLink.split(
      ({ query }) => {
        const definition = getMainDefinition(query);
        return (
          definition.kind === Kind.OPERATION_DEFINITION &&
          definition.operation === OperationTypeNode.SUBSCRIPTION
        );
      },
      new GraphQLWsLink(socket),
      new HttpLink({ uri: it.url('graphql'), headers: { authorization: AUTHORIZATION } }),
    ),
  });

  const query = gql(CALLS);
  const calls = client.watchQuery<CallsPage>({ query, variables: { first: 2 } });
  const shown = (): string[] =>
    (calls.getCurrentResult().data as CallsPage).calls.edges.map(({ node }) => node.providerCallId);
  const watching = calls.subscribe(() => undefined);
  const first = (await client.query<CallsPage>({ query, variables: { first: 2 } })).data!.calls;
  expect(first.edges.map(({ node }) => node.providerCallId)).toEqual(['c4', 'c3']);
  await calls.fetchMore({ variables: { first: 2, after: first.pageInfo.endCursor } });
  await until(() => shown().join() === 'c4,c3,c2,c1', 'both pages are shown as one list');

  const said = await client.mutate<{ say: unknown }>({
    mutation: gql(SAY),
    variables: { input: { callId: first.edges[0]!.node.id, content: 'Hi' } },
  });
  expect(said.data?.say).toMatchObject({ command: { status: 'ACCEPTED' }, failure: null });

  const received = firstValueFrom(client.subscribe<{ callEvents: unknown }>({ query: gql(EVENTS) }));
  await it.emitUtterance();
  expect((await received).data?.callEvents).toMatchObject({ utterance: { text: 'words 1' } });

  watching.unsubscribe();
  client.stop();
  await socket.dispose();
});
