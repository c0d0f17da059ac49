/** Mercurius with its just-in-time compiler. */
import { createRequire } from 'node:module';
import Fastify from 'fastify';
import { eventOf, serveParent, TOPIC, typeDefs } from './events.mjs';

const mercurius = createRequire(import.meta.url)('mercurius');
const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    CallEvent: { resolveType: (event) => event.__typename },
    Subscription: {
      callEvents: {
        subscribe: (_root, _args, { pubsub }) => pubsub.subscribe(TOPIC),
        resolve: (event) => event,
      },
    },
  },
  jit: 1,
  subscription: true,
});
serveParent((number) => app.graphql.pubsub.publish({ topic: TOPIC, payload: eventOf(number) }));
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`ready ${address.replace('http', 'ws')}/\n`);
