// A client of the transport socket: places a call over REST, connects, and sends audio in real time.

import { WebSocket } from 'ws';
import { encodeLinear16 } from '../../src/audio/pcm.ts';
import { sine } from './signal.ts';
import type { Setup } from './setup.ts';

const FRAME_MS = 20;
const SILENCE = encodeLinear16(new Int16Array(320));
/** A frame with the level of speech. */
export const LOUD = encodeLinear16(sine(440, 320, 8_000));

export interface TransportClient {
  readonly id: string;
  readonly socket: WebSocket;
  readonly messages: Record<string, unknown>[];
  readonly frames: { readonly bytes: Buffer; readonly at: number }[];
  readonly closed: Promise<number>;
  /** Sets the frame that is sent from now on, in real time. */
  speak(frame: Buffer | undefined): void;
  sendJson(message: object): void;
}

export async function placeAndConnect(
  setup: Setup,
  audioFormat?: object,
  silence: Buffer = SILENCE,
): Promise<TransportClient> {
  const { apiBaseUrl, apiKey } = setup.simulator.vapi;
  const response = await fetch(`${apiBaseUrl}/call`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({
      assistantId: 'a',
      transport: { provider: 'vapi.websocket', ...(audioFormat === undefined ? {} : { audioFormat }) },
    }),
  });
  const { id, transport } = (await response.json()) as {
    id: string;
    transport: { websocketCallUrl: string };
  };
  const socket = new WebSocket(transport.websocketCallUrl);
  const messages: Record<string, unknown>[] = [];
  const frames: { bytes: Buffer; at: number }[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) frames.push({ bytes: data, at: performance.now() });
    else messages.push(JSON.parse(data.toString('utf8')) as Record<string, unknown>);
  });
  let sending: Buffer | undefined = silence;
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent * FRAME_MS < performance.now() - startedAt; sent += 1)
      if (sending !== undefined && socket.readyState === WebSocket.OPEN) socket.send(sending);
  }, FRAME_MS);
  const closed = new Promise<number>((resolve) =>
    socket.on('close', (code) => {
      clearInterval(timer);
      resolve(code);
    }),
  );
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    id,
    socket,
    messages,
    frames,
    closed,
    speak(frame) {
      sending = frame;
    },
    sendJson: (message) => socket.send(JSON.stringify(message)),
  };
}

/** A silent frame. */
export const QUIET = SILENCE;
