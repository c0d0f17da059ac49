/**
 * The near side of the bench: Vobiz's end of many calls. Each sends a frame every 20 ms, spread evenly over those 20 ms as
 * real calls are, and takes the time of what comes back. Its parent tells it where to dial.
 */
import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { summaryOf, type Stamped, type Summary } from './stamps.ts';

const FRAME_MS = 20;
/** Frames of the first moments are not counted: sockets open, code warms up. */
const WARM_UP_FRAMES = 150;
/** 20 ms of quiet, but not silent, mu-law. */
const PAYLOAD = Buffer.alloc(160, 0xd5).toString('base64');

/** What the parent asks for: one call on each address, for so long. */
export interface Round {
  readonly calls: readonly { readonly callId: string; readonly url: string }[];
  readonly seconds: number;
}

/** What came back, and how many frames were sent that count. */
export interface RoundResult {
  readonly sent: number;
  readonly back: Summary;
}

process.on('message', (round: Round) => {
  void run(round).then((result) => process.send?.(result));
});

async function run({ calls, seconds }: Round): Promise<RoundResult> {
  const back = createHistogram();
  const sockets = await Promise.all(
    calls.map(async ({ callId, url }) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      await once(socket, 'open');
      const streamId = `stream-of-${callId}`;
      socket.on('message', (data: Buffer) => {
        const { sentAtNs } = JSON.parse(data.toString()) as Stamped;
        if (sentAtNs !== undefined) back.record(process.hrtime.bigint() - BigInt(sentAtNs) + 1n);
      });
      socket.send(JSON.stringify(startOf(callId, streamId)));
      return { socket, streamId };
    }),
  );
  const frames = WARM_UP_FRAMES + Math.round((seconds * 1000) / FRAME_MS);
  const startedAt = performance.now();
  let sent = 0;
  await Promise.all(
    sockets.map(async ({ socket, streamId }, index) => {
      const offset = (index / sockets.length) * FRAME_MS;
      for (let chunk = 1; chunk <= frames; chunk++) {
        await until(startedAt + offset + chunk * FRAME_MS);
        const isCounted = chunk > WARM_UP_FRAMES;
        if (isCounted) sent++;
        socket.send(mediaOf(streamId, chunk, isCounted));
      }
    }),
  );
  // What is still on its way comes back within a moment.
  await until(performance.now() + 500);
  for (const { socket } of sockets) socket.close(1000);
  return { sent, back: summaryOf(back) };
}

function startOf(callId: string, streamId: string): object {
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000 };
  const start = { callId, streamId, accountId: '512345', tracks: ['inbound'], mediaFormat };
  return { sequenceNumber: 0, event: 'start', start, extra_headers: '{}' };
}

function mediaOf(streamId: string, chunk: number, isCounted: boolean): string {
  const media = { track: 'inbound', timestamp: String(Date.now()), chunk, payload: PAYLOAD };
  const sentAtNs = isCounted ? process.hrtime.bigint().toString() : undefined;
  return JSON.stringify({ sequenceNumber: chunk, streamId, event: 'media', media, sentAtNs });
}

function until(at: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, Math.max(0, at - performance.now())));
}
