/** Mercurius with its just-in-time compiler. */
import { createRequire } from 'node:module';
import Fastify from 'fastify';
import { eventOf, LEVELS_TOPIC, playLevels, serveParent, TOPIC, typeDefs } from './events.mjs';

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
      audioLevels: {
        subscribe: (_root, _args, { pubsub }) => pubsub.subscribe(LEVELS_TOPIC),
        resolve: (levels) => levels,
      },
    },
  },
  jit: 1,
  subscription: true,
});
const publish = (topic, payload) => app.graphql.pubsub.publish({ topic, payload });
serveParent(
  (number) => publish(TOPIC, eventOf(number)),
  (seconds, done) => playLevels(seconds, (levels) => publish(LEVELS_TOPIC, levels), done),
);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`ready ${address.replace('http', 'ws')}/\n`);
