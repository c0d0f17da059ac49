/**
 * The far side of the bench: a voice agent as anyone would write it for Vobiz, which says back what it hears. It tells
 * its parent how long each frame was on its way, by the stamp that the line put into it.
 */
import { createHistogram } from 'node:perf_hooks';
import { WebSocketServer, type WebSocket } from 'ws';
import { summaryOf, type Stamped } from './stamps.ts';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
let delays = createHistogram();

interface FromCaller extends Stamped {
  readonly event: string;
  readonly start?: { readonly streamId: string };
  readonly media?: { readonly payload: string };
}

server.on('connection', (socket: WebSocket) => {
  let streamId = '';
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as FromCaller;
    if (message.event === 'start') streamId = message.start?.streamId ?? '';
    if (message.event !== 'media' || message.sentAtNs === undefined) return;
    delays.record(process.hrtime.bigint() - BigInt(message.sentAtNs) + 1n);
    const media = { contentType: 'audio/x-mulaw', sampleRate: 8000, payload: message.media?.payload ?? '' };
    const sentAtNs = process.hrtime.bigint().toString();
    socket.send(JSON.stringify({ event: 'playAudio', streamId, media, sentAtNs }));
  });
});

process.on('message', (request) => {
  if (request !== 'report') return;
  process.send?.(summaryOf(delays));
  delays = createHistogram();
});
server.once('listening', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.send?.({ port: address.port });
});
