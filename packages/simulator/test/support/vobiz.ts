// Helpers of the Vobiz tests: REST requests, a two-way stream, tones, and XML.

import { encodeLinear16 } from '../../src/audio/pcm.ts';
import type { SimulatedCall, StreamState, VobizBehaviour } from '../../src/index.ts';
import type { ReceivedStream } from './application.ts';
import { samplesOf, sine } from './signal.ts';
import type { Setup } from './setup.ts';

export const KEYS = {
  'x-auth-id': 'MA_DEMO',
  'x-auth-token': 'demo-vobiz-token',
  'content-type': 'application/json',
};

/** Sends a REST request. `path` is relative to the account. */
export async function rest(
  { simulator }: Setup,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${simulator.vobiz.apiBaseUrl}/Account/MA_DEMO${path}`, {
    method,
    headers: KEYS,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

/** Sends a request to the control API. */
export async function control(
  { simulator }: Setup,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; bytes: Buffer; body: Record<string, unknown> }> {
  const response = await fetch(`${simulator.url}/simulator${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, bytes, body: (isJson ? JSON.parse(bytes.toString()) : {}) as never };
}

/** The caller does not hang up in silence. */
export const NO_HANGUP = { patienceMs: 600_000 } as const;

export interface OpenStream {
  readonly call: SimulatedCall;
  readonly socket: ReceivedStream;
  readonly streamId: string;
  /** Sends a command of this stream. */
  sendCommand(event: string, fields?: object): void;
  /** Returns the received messages of an event. */
  received(event: string): Record<string, unknown>[];
  state(): StreamState;
}

export const TWO_WAY = 'bidirectional="true" keepCallAlive="true"';

/** Starts a call whose XML is one stream and `after`, and waits until the stream is open. */
export async function openStream(
  setup: Setup,
  behaviour: Partial<VobizBehaviour> = {},
  attributes = TWO_WAY,
  after = '<Hangup/>',
  script = 'brief',
): Promise<OpenStream> {
  const { application, simulator } = setup;
  application.answer = (_, path) =>
    path.startsWith('/answer')
      ? `<Response><Stream ${attributes} statusCallbackUrl="${application.url}/status">${application.wsUrl}/s</Stream>${after}</Response>`
      : '<Response><Wait length="600"/></Response>';
  const earlier = application.streams.length;
  const call = simulator.startCall({
    provider: 'vobiz',
    script,
    behaviour: { ...NO_HANGUP, ...behaviour },
  });
  const socket = await application.until('a stream', () =>
    application.streams.slice(earlier).find(({ messages }) => messages.length > 1),
  );
  const state = (): StreamState => {
    const last = call.state().streams.at(-1);
    if (last === undefined) throw new Error('no stream');
    return last;
  };
  const streamId = state().id;
  return {
    call,
    socket,
    streamId,
    state,
    sendCommand: (event, fields = {}) => socket.socket.send(JSON.stringify({ event, streamId, ...fields })),
    received: (event) => socket.messages.filter((message) => message['event'] === event),
  };
}

/** Returns a `media` object with a tone. */
export function toneMedia(hz: number, ms: number): object {
  const payload = encodeLinear16(sine(hz, ms * 16)).toString('base64');
  return { media: { contentType: 'audio/x-l16', sampleRate: 16_000, payload } };
}

/** Returns the level of a frequency in samples, from 0 to about 0.7 of their peak. */
export function level(samples: Int16Array, hz: number, rate: number): number {
  let re = 0;
  let im = 0;
  for (const [index, sample] of samples.entries()) {
    re += sample * Math.cos((2 * Math.PI * hz * index) / rate);
    im += sample * Math.sin((2 * Math.PI * hz * index) / rate);
  }
  return (2 * Math.hypot(re, im)) / Math.max(1, samples.length);
}

/** Whether a tone of `openStream`'s level is in the audio that the person received, in any tenth of a second. */
export function containsTone(heard: Buffer, hz: number): boolean {
  return isToneIn(samplesOf(heard), hz, 8_000);
}

export function isToneIn(samples: Int16Array, hz: number, rate: number): boolean {
  const step = rate / 10;
  for (let at = 0; at + step <= samples.length; at += step)
    if (level(samples.subarray(at, at + step), hz, rate) > 4_000) return true;
  return false;
}

/** Returns the audio of one track that a stream received, in L16 at 8 kHz. */
export function audioOf({ messages }: ReceivedStream, track: string): Int16Array {
  const payloads = messages.flatMap(({ event, media }) => {
    const chunk = media as { track: string; payload: string } | undefined;
    return event === 'media' && chunk?.track === track ? [Buffer.from(chunk.payload, 'base64')] : [];
  });
  return samplesOf(Buffer.concat(payloads));
}

/** Returns the events of the status callback in order. */
export function statuses({ application }: Setup): string[] {
  return application.requests.flatMap(({ path, body }) =>
    path === '/status' ? [new URLSearchParams(body).get('Event') ?? ''] : [],
  );
}

/** Returns a WAV file with a tone: 16-bit, mono, 8 kHz. */
export function wavFile(hz: number, ms: number): Buffer {
  const samples = Int16Array.from({ length: ms * 8 }, (_, index) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hz * index) / 8_000)),
  );
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([header, encodeLinear16(samples)]);
}
