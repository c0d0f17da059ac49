/** Sends a prepared string to every client, as a server without GraphQL would. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { eventOf, playLevels, serveParent } from './events.mjs';

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on('connection', (socket) =>
  socket.on('message', (/** @type {Buffer} */ data) => {
    if (data.includes('connection_init')) socket.send('{"type":"connection_ack"}');
  }),
);
function send(data) {
  const text = JSON.stringify({ id: '1', type: 'next', payload: { data } });
  for (const socket of server.clients) socket.send(text);
}
serveParent(
  (number) => {
    const { __typename, ...callEvents } = eventOf(number);
    send({ callEvents });
  },
  (seconds, done) => playLevels(seconds, (audioLevels) => send({ audioLevels }), done),
);
http.listen(0, '127.0.0.1', () => process.stdout.write(`ready ws://127.0.0.1:${http.address().port}/\n`));
