/** GraphQL Yoga with graphql-ws, as in the documentation of Yoga. */
import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { eventOf, LEVELS_TOPIC, playLevels, serveParent, TOPIC, typeDefs } from './events.mjs';

const eventTarget = new EventTarget();
// Its publisher adds a listener for each subscriber.
setMaxListeners(0, eventTarget);
const pubSub = createPubSub({ eventTarget });
const yoga = createYoga({
  schema: createSchema({
    typeDefs,
    resolvers: {
      Subscription: {
        callEvents: { subscribe: () => pubSub.subscribe(TOPIC), resolve: (event) => event },
        audioLevels: { subscribe: () => pubSub.subscribe(LEVELS_TOPIC), resolve: (levels) => levels },
      },
    },
  }),
  logging: false,
});
const http = createServer((request, response) => void yoga(request, response));
const server = new WebSocketServer({ server: http, path: yoga.graphqlEndpoint });
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  server,
);
serveParent(
  (number) => pubSub.publish(TOPIC, eventOf(number)),
  (seconds, done) => playLevels(seconds, (levels) => pubSub.publish(LEVELS_TOPIC, levels), done),
);
http.listen(0, '127.0.0.1', () => process.stdout.write(`ready ws://127.0.0.1:${http.address().port}/\n`));
