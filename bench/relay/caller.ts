/**
 * The caller of the benchmark: Vobiz's end of many calls. Each call sends a frame every 20 ms, staggered evenly as in
 * production, and measures the delay of the frames that return. The parent process sends the URLs to connect to.
 */
import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { summaryOf, type Timestamped, type Summary } from './delays.ts';

const FRAME_MS = 20;
/** The first frames are not counted: sockets open, and the JIT warms up. */
const WARM_UP_FRAMES = 150;
/** 20 ms of quiet but not silent mu-law audio. */
const PAYLOAD = Buffer.alloc(160, 0xd5).toString('base64');

/** A request of the parent process: one call on each URL, for a duration. */
export interface Round {
  readonly calls: readonly { readonly callId: string; readonly url: string }[];
  readonly seconds: number;
}

/** The delays of returned frames, and the number of counted frames that were sent. */
export interface RoundResult {
  readonly sent: number;
  readonly returned: Summary;
}

process.stdout.write('ready caller\n');
process.on('message', (round: Round) => {
  void run(round).then((result) => process.send?.(result));
});

async function run({ calls, seconds }: Round): Promise<RoundResult> {
  const returned = createHistogram();
  const sockets = await Promise.all(
    calls.map(async ({ callId, url }) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      await once(socket, 'open');
      const streamId = `stream-of-${callId}`;
      socket.on('message', (data: Buffer) => {
        const { sentAtNs } = JSON.parse(data.toString()) as Timestamped;
        if (sentAtNs !== undefined) returned.record(process.hrtime.bigint() - BigInt(sentAtNs) + 1n);
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
  // Frames in transit return within 500 ms.
  await until(performance.now() + 500);
  for (const { socket } of sockets) socket.close(1000);
  return { sent, returned: summaryOf(returned) };
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
