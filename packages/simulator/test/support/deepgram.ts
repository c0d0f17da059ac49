// A client of the simulated Deepgram.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { vi } from 'vitest';
import type { TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { encodeLinear16 } from '../../src/audio/pcm.ts';
import { createSimulator } from '../../src/index.ts';
import type { DeepgramBehaviour, Simulator } from '../../src/index.ts';
import { PATIENCE_MS } from './application.ts';

export type Message = Readonly<Record<string, unknown>>;

export const LISTEN =
  'model=nova-3&encoding=linear16&sample_rate=8000&channels=1&interim_results=true&endpointing=300&utterance_end_ms=1000&punctuate=true';
export const TWO_CHANNELS = `${LISTEN.replace('channels=1', 'channels=2')}&multichannel=true`;

/** Creates a simulator without latency and throttling. It is closed after the test. */
export async function createDeepgram(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  behaviour: Partial<DeepgramBehaviour> = {},
): Promise<Simulator> {
  const simulator = await createSimulator({
    deepgram: { behaviour: { latencyMs: 0, throttle: 0, ...behaviour } },
  });
  onTestFinished(() => simulator.close());
  return simulator;
}

export interface DeepgramClient {
  readonly socket: WebSocket;
  readonly requestId: string;
  /** The received JSON messages. */
  readonly messages: Message[];
  /** All received messages, unparsed. */
  readonly raw: (string | Buffer)[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(samples: Int16Array): void;
  sendJson(message: object): void;
  /** Resolves with the first message that matches. Rejects when the socket closes before. */
  until(matches: (message: Message) => boolean): Promise<Message>;
}

/** Opens a socket. Rejects when the upgrade is rejected. */
export async function connect(
  { deepgram }: Simulator,
  query = LISTEN,
  headers: Readonly<Record<string, string>> = { authorization: `Token ${deepgram.apiKey}` },
  protocols: readonly string[] = [],
  path = '/v1/listen',
): Promise<DeepgramClient> {
  const socket = new WebSocket(`${deepgram.baseUrl}${path}?${query}`, [...protocols], { headers });
  const messages: Message[] = [];
  const raw: (string | Buffer)[] = [];
  const watchers = new Set<() => void>();
  let isClosed = false;
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => {
      isClosed = true;
      for (const look of watchers) look();
      resolve({ code, reason: reason.toString('utf8') });
    }),
  );
  socket.on('message', (data: Buffer, isBinary) => {
    raw.push(isBinary ? data : data.toString('utf8'));
    try {
      messages.push(JSON.parse(data.toString('utf8')) as Message);
    } catch {
      // Messages that are not JSON are in `raw` only.
    }
    for (const look of watchers) look();
  });
  const upgraded = once(socket, 'upgrade') as Promise<[IncomingMessage]>;
  await once(socket, 'open');
  const [response] = await upgraded;
  return {
    socket,
    requestId: String(response.headers['dg-request-id']),
    messages,
    raw,
    closed,
    send: (samples) => socket.send(encodeLinear16(samples)),
    sendJson: (message) => socket.send(JSON.stringify(message)),
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = messages.find(fits);
          if (found === undefined && !isClosed) return;
          watchers.delete(look);
          if (found === undefined) reject(new Error('the socket was closed'));
          else resolve(found);
        };
        watchers.add(look);
        look();
      }),
  };
}

/** Returns the response to a rejected upgrade. */
export function rejection(
  { deepgram }: Simulator,
  { path = '/v1/listen', query = LISTEN, key = `Token ${deepgram.apiKey}` } = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const socket = new WebSocket(`${deepgram.baseUrl}${path}?${query}`, { headers: { authorization: key } });
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('the upgrade was accepted')));
    socket.on('error', () => {});
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        socket.terminate();
      });
    });
  });
}

export const isFinal = (message: Message): boolean => message['is_final'] === true;

/** Returns the text of a result. */
export function transcriptOf(message: Message): string {
  const { alternatives } = message['channel'] as { alternatives: { transcript: string }[] };
  return alternatives[0]?.transcript ?? '';
}

/** Returns the text of all finals of a channel. */
export function textOf(messages: readonly Message[], channel = 0): string {
  return messages
    .filter((message) => isFinal(message) && (message['channel_index'] as number[])[0] === channel)
    .map(transcriptOf)
    .filter(Boolean)
    .join(' ');
}

/** Waits until a check passes, with a timeout for slow machines. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: PATIENCE_MS });
}
