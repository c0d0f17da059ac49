/** The contender: a `ws` server that does nothing with a media message but parse it and decode its payload. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { announce } from '../support/ready.ts';

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

/** What the streams sent; keeps the decoding from being optimised away. */
let bytes = 0;

server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { event: string; media?: { payload: string } };
    if (message.event === 'media') bytes += Buffer.from(message.media!.payload, 'base64').length;
  });
});
process.on('exit', () => process.stderr.write(bytes < 0 ? 'impossible' : ''));
announce(http, 'ws');
http.listen(0, '127.0.0.1');
