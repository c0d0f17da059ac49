/**
 * The agent of the benchmark: a simple voice agent for Vobiz that echoes the audio it receives. It reports to its parent
 * process how long each frame took, from the timestamp that the caller added.
 */
import { createHistogram } from 'node:perf_hooks';
import { WebSocketServer, type WebSocket } from 'ws';
import { announce } from '../support/ready.ts';
import { summaryOf, type Timestamped } from './delays.ts';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
let delays = createHistogram();

interface CallerMessage extends Timestamped {
  readonly event: string;
  readonly start?: { readonly streamId: string };
  readonly media?: { readonly payload: string };
}

server.on('connection', (socket: WebSocket) => {
  let streamId = '';
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as CallerMessage;
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
announce(server, 'ws');
