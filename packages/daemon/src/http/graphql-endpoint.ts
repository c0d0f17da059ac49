/** GraphQL over HTTP, SSE and graphql-transport-ws, and GraphiQL for a browser: all at `/graphql`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '@sidetone/core';
import type { execute, ExecutionArgs, GraphQLSchema, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { createMask } from '../graphql/errors.ts';
import { FIRST_QUERY } from './first-query.ts';

export interface GraphqlEndpoint {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every client that we go away, and ends their subscriptions. */
  close(): Promise<void>;
}

export interface GraphqlEndpointDeps {
  readonly schema: GraphQLSchema;
  readonly log: Logger;
  readonly newId: () => string;
  readonly socketMessageBytes: number;
}

export function createGraphqlEndpoint({
  schema,
  log,
  newId,
  socketMessageBytes,
}: GraphqlEndpointDeps): GraphqlEndpoint {
  const yoga = createYoga({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    cors: false,
    batching: false,
    logging: false,
    maskedErrors: { maskError: createMask(log, newId) },
    graphiql: { title: 'Sidetone', subscriptionsProtocol: 'WS', defaultQuery: FIRST_QUERY },
    // The page brings its scripts along, nine megabytes of them: loaded when somebody opens it.
    renderGraphiQL: async (options) =>
      (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: socketMessageBytes,
    perMessageDeflate: false,
  });
  const protocol = useServer(
    {
      execute: (args) => (args as YogaArguments).rootValue.execute(args),
      subscribe: (args) => (args as YogaArguments).rootValue.subscribe(args),
      onSubscribe: async ({ extra }, _id, { operationName, query, variables }) => {
        const { execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
          ...extra,
          req: extra.request,
          socket: extra.socket,
          params: { operationName, query, variables },
        });
        const args = {
          schema,
          operationName,
          document: parse(query),
          variableValues: variables,
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe },
        };
        const errors = validate(args.schema, args.document);
        return errors.length > 0 ? errors : args;
      },
    },
    sockets,
  );

  return {
    request: (request, response) => void yoga(request, response),
    upgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
    },
    async close() {
      await protocol.dispose();
      await yoga.dispose();
    },
  };
}

/** What Yoga puts through graphql-ws: its own execution, with its plugins. */
interface YogaArguments extends ExecutionArgs {
  readonly rootValue: {
    readonly execute: (args: ExecutionArgs) => ReturnType<typeof execute>;
    readonly subscribe: (args: ExecutionArgs) => ReturnType<typeof subscribe>;
  };
}
