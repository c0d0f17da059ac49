// One `<Stream>` of a call. The socket is dialled from here; when it cannot open or is lost, it is dialled again as
// often as the XML allows, each time as a new stream with a new id. A stream that is not there never disturbs its
// call. Today the far end may only say `stop`; what it may say besides has its place in `MESSAGES`.

import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { FRAME_MS } from '../audio/pcm.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { Agenda } from '../call/agenda.ts';
import type { StreamState } from '../call/call-state.ts';
import { jsonObject } from '../http/http-request.ts';
import { createEncoder } from './stream-format.ts';
import type { StreamSpec, Track } from './stream-format.ts';
import type { StreamNews, VobizRecord } from './forms.ts';
import { mediaMessage, startMessage, stopMessage } from './stream-messages.ts';

/** How long a handshake may take. */
export const HANDSHAKE_TIMEOUT_MS = 5_000;
/** How long the closing handshake may take. */
export const CLOSE_TIMEOUT_MS = 1_000;
/** The pause before a stream is dialled again. */
export const RECONNECT_PAUSE_MS = 500;
/** How much may wait for a far end that does not read; then the socket is dropped. */
export const MAX_BACKLOG_BYTES = 1_000_000;
/** The largest message that the far end may send. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

const NORMAL_CLOSURE = 1000;

/** What a stream needs. */
export interface StreamDeps {
  readonly spec: StreamSpec;
  readonly record: VobizRecord;
  readonly behaviour: VobizBehaviour;
  readonly agenda: Agenda;
  readonly news: (news: StreamNews) => void;
}

/** A stream of a call, over all its sockets. */
export interface Stream {
  /** No socket is open, and none will be. */
  readonly ended: boolean;
  states(): StreamState[];
  frame(tracks: Readonly<Record<Track, Int16Array>>, timestamp: number): void;
  /** The call is over. Settles when the socket is closed. */
  end(): Promise<void>;
}

interface Attempt {
  readonly id: string;
  readonly socket: WebSocket | undefined;
  readonly encoders: Readonly<Record<Track, (frame: Int16Array) => string>>;
  status: StreamState['status'];
  sequenceNumber: number;
  framesSent: number;
}

/** Dials after the delay that the behaviour gives. */
export function createStream({ spec, record, behaviour, agenda, news }: StreamDeps): Stream {
  const attempts: Attempt[] = [];
  let retriesLeft = spec.maxRetries;
  let ended = false;

  const tell = (event: StreamNews['event'], streamId: string): void => {
    const { url: serviceUrl, statusCallbackUrl: callbackUrl, statusCallbackMethod, extraHeaders } = spec;
    if (callbackUrl === undefined) return;
    const callbackMethod = statusCallbackMethod;
    news({ event, streamId, serviceUrl, callbackUrl, callbackMethod, extraHeaders, at: Date.now() });
  };

  const send = (attempt: Attempt, message: object): void => {
    const { socket } = attempt;
    if (socket === undefined) return;
    if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
    else socket.send(JSON.stringify(message), () => {});
  };

  const lost = (attempt: Attempt): void => {
    const wasOpen = attempt.status === 'open';
    attempt.status = wasOpen ? 'closed' : 'failed';
    if (ended) return;
    if (wasOpen) tell('DroppedStream', attempt.id);
    if (retriesLeft === 0) {
      ended = true;
      return;
    }
    retriesLeft -= 1;
    agenda.after(RECONNECT_PAUSE_MS, dial);
  };

  const opened = (attempt: Attempt): void => {
    attempt.status = 'open';
    const identity = {
      streamId: attempt.id,
      callId: record.id,
      authId: record.authId,
      from: record.from,
      to: record.to,
    };
    send(attempt, startMessage(behaviour.startShape, identity, spec));
    tell('StartStream', attempt.id);
  };

  const MESSAGES: Readonly<Record<string, (attempt: Attempt) => void>> = {
    stop(attempt) {
      ended = true;
      tell('StopStream', attempt.id);
      attempt.socket?.close(NORMAL_CLOSURE);
    },
  };

  const received = (attempt: Attempt, text: string): void => {
    const message = jsonObject(text);
    if (ended || !spec.bidirectional || message === undefined) return;
    if (message['streamId'] !== undefined && message['streamId'] !== attempt.id) return;
    const event = message['event'];
    if (typeof event === 'string' && Object.hasOwn(MESSAGES, event)) MESSAGES[event]?.(attempt);
  };

  const dial = (): void => {
    if (ended) return;
    const socket = openSocket(spec.url);
    const attempt: Attempt = {
      id: randomUUID(),
      socket,
      encoders: { inbound: createEncoder(spec.contentType), outbound: createEncoder(spec.contentType) },
      status: 'connecting',
      sequenceNumber: 0,
      framesSent: 0,
    };
    attempts.push(attempt);
    if (socket === undefined) return lost(attempt);
    socket.on('open', () => opened(attempt));
    socket.on('message', (data: Buffer) => received(attempt, data.toString('utf8')));
    socket.on('error', () => {});
    socket.on('close', () => lost(attempt));
  };

  agenda.after(behaviour.connectDelayMs, dial);

  return {
    get ended() {
      return ended;
    },
    states: () => attempts.map(({ id, status, framesSent }) => ({ id, url: spec.url, status, framesSent })),
    frame(tracks, timestamp) {
      const attempt = attempts.at(-1);
      if (attempt?.status !== 'open' || ended) return;
      for (const track of spec.tracks) {
        attempt.sequenceNumber += 1;
        const { id: streamId, sequenceNumber } = attempt;
        const payload = attempt.encoders[track](tracks[track]);
        const media = { streamId, sequenceNumber, track, timestamp, payload };
        send(attempt, mediaMessage(behaviour.mediaShape, media, spec));
      }
      attempt.framesSent += 1;
      if (attempt.framesSent * FRAME_MS >= spec.timeoutMs) {
        ended = true;
        attempt.socket?.close(NORMAL_CLOSURE);
      }
    },
    async end() {
      const attempt = attempts.at(-1);
      const wasLive = !ended && attempt?.status === 'open';
      ended = true;
      if (attempt?.socket === undefined) return;
      if (wasLive && behaviour.sendStop) send(attempt, stopMessage(attempt.id));
      await closeSocket(attempt.socket);
    },
  };
}

function openSocket(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url, {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
  } catch {
    return undefined; // not a URL that can be dialled
  }
}

function closeSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(NORMAL_CLOSURE);
  });
}
