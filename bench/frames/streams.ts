/**
 * Vobiz's end of many streams: each sends a frame every 20 ms, staggered evenly as in production. The parent process sends the
 * URLs to connect to, and receives how many frames were sent.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Load {
  readonly calls: readonly { readonly callId: string; readonly url: string }[];
  readonly seconds: number;
}

const FRAME_MS = 20;
const PAYLOADS = Array.from({ length: 50 }, (_, index) => speechLike(index));

interface Stream {
  readonly socket: WebSocket;
  readonly id: string;
}

let streams: Stream[] = [];

process.on('message', (load: Load | 'close') => {
  if (load === 'close') {
    for (const { socket } of streams) socket.close(1000);
    streams = [];
    process.send!('closed');
  } else void run(load).then((sent) => process.send!(sent));
});
process.stdout.write('ready streams\n');

async function run({ calls, seconds }: Load): Promise<number> {
  if (streams.length === 0) streams = await Promise.all(calls.map(open));
  const started = performance.now();
  const slots = Array.from({ length: FRAME_MS }, (_, slot) =>
    streams.filter((_stream, index) => index % FRAME_MS === slot),
  );
  let sent = 0;
  for (let tick = 0; tick < seconds * 1000; tick++) {
    const wait = started + tick - performance.now();
    if (wait > 0) await new Promise((resolve) => void setTimeout(resolve, wait));
    for (const { socket, id } of slots[tick % FRAME_MS]!) socket.send(mediaOf(id));
    sent += slots[tick % FRAME_MS]!.length;
  }
  return sent;
}

async function open({ callId, url }: Load['calls'][number]): Promise<Stream> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  const id = `stream-of-${callId}`;
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000 };
  const start = { callId, streamId: id, accountId: '512345', tracks: ['inbound'], mediaFormat };
  socket.send(JSON.stringify({ sequenceNumber: 0, event: 'start', start, extra_headers: '{}' }));
  return { socket, id };
}

const chunks = new Map<string, number>();

/** A media message, in the order of fields that Vobiz uses. */
function mediaOf(streamId: string): string {
  const chunk = (chunks.get(streamId) ?? 0) + 1;
  chunks.set(streamId, chunk);
  const payload = PAYLOADS[chunk % PAYLOADS.length]!;
  return `{"sequenceNumber":${chunk},"streamId":"${streamId}","event":"media","media":{"track":"inbound","timestamp":"${Date.now()}","chunk":${chunk},"payload":"${payload}"}}`;
}

/** 20 ms of mu-law audio with a pitch and a changing loudness. */
function speechLike(index: number): string {
  const bytes = Uint8Array.from({ length: 160 }, (_, sample) => {
    const wave = Math.sin((sample + index * 160) / 9) * (0.4 + 0.4 * Math.sin(index / 7));
    return (wave < 0 ? 0x00 : 0x80) | (0x7f - Math.floor(Math.abs(wave) * 0x6f));
  });
  return Buffer.from(bytes).toString('base64');
}
