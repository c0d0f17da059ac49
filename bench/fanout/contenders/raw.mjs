/** Sends a prepared string to every client, as a server without GraphQL would. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { eventOf, serveParent } from './events.mjs';

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on('connection', (socket) =>
  socket.on('message', (/** @type {Buffer} */ data) => {
    if (data.includes('connection_init')) socket.send('{"type":"connection_ack"}');
  }),
);
serveParent((number) => {
  const { __typename, ...event } = eventOf(number);
  const text = JSON.stringify({ id: '1', type: 'next', payload: { data: { callEvents: event } } });
  for (const socket of server.clients) socket.send(text);
});
http.listen(0, '127.0.0.1', () => process.stdout.write(`ready ws://127.0.0.1:${http.address().port}/\n`));
