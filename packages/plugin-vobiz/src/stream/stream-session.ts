/**
 * One socket of a call's audio, which Vobiz opens. A call may have several, one after another or at once: the end of a
 * socket ends its stream, never the call.
 */
import type { ProviderCallId, ProviderHost, Socket } from '@sidetone/core';
import type { ByteOrder } from './byte-order.ts';
import { createHeardStream, isForeign } from './inbound-stream.ts';
import {
  decodeStreamMessage,
  type MediaFormat,
  type StreamMessage,
  type StreamMessageOf,
  type StreamMessageType,
} from '../wire.ts';

/** How many messages that come before their start are kept: a second of two tracks. */
export const MAX_EARLY_FRAMES = 100;
/** How long they are kept, ms. */
export const EARLY_FRAMES_MS = 1500;
/** How long a socket may stay without a start, or open after a stop, ms. */
export const IDLE_SOCKET_MS = 10_000;

/** Takes a message as it came, besides what it was read as. */
export type OnMessage = (raw: string | Uint8Array, message: StreamMessage) => void;

export interface StreamSessionDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly byteOrder: ByteOrder | 'auto';
  /** What was asked for, for a start that does not say what it is. */
  readonly fallbackFormat: MediaFormat;
  readonly onStart: (message: StreamMessageOf<'start'>) => void;
  readonly onDtmf: (message: StreamMessageOf<'dtmf'>) => void;
  /** Called with every message, before anything else comes of it: the start first, then those that came before it. */
  readonly onMessage?: OnMessage;
  /** Called once, when the socket is closed. */
  readonly onClose: () => void;
}

export interface StreamSession {
  /** Takes what is played to the caller, in the stream's own format. */
  takePlayed(bytes: Uint8Array, positionMs: number): void;
  /** Closes the socket and ends its stream. */
  stop(reason: string): void;
}

interface Early {
  readonly raw: string | Uint8Array;
  readonly message: StreamMessage;
}

/** What went wrong on a socket, for the log when it closes. */
type Counters = Record<
  | 'malformed'
  | 'unknown'
  | 'errors'
  | 'early'
  | 'foreign'
  | 'repeated'
  | 'badPayload'
  | 'oddLength'
  | 'unplaced',
  number
>;

/** Reads a socket until it closes. */
export function createStreamSession(socket: Socket, deps: StreamSessionDeps): StreamSession {
  const { host, providerCallId } = deps;
  const counters: Counters = {
    malformed: 0,
    unknown: 0,
    errors: 0,
    early: 0,
    foreign: 0,
    repeated: 0,
    badPayload: 0,
    oddLength: 0,
    unplaced: 0,
  };
  const heard = createHeardStream({ ...deps, counters });
  let early: Early[] = [];
  /** Messages are kept only until the first start. */
  let isWaiting = true;
  let closed = false;

  const cancelEarly = host.clock.schedule(EARLY_FRAMES_MS, dropEarly);
  let cancelIdle = host.clock.schedule(IDLE_SOCKET_MS, () => stop('no start came', 1008));

  function dropEarly(): void {
    counters.early += early.filter(({ message }) => message.type === 'media').length;
    early = [];
  }

  function keep(kept: Early): void {
    if (early.length < MAX_EARLY_FRAMES) early.push(kept);
    else if (kept.message.type === 'media') counters.early++;
  }

  const HANDLERS: { readonly [Type in StreamMessageType]: (message: StreamMessageOf<Type>) => void } = {
    start(message) {
      const { start } = heard;
      if (start && start.streamId === message.streamId) return;
      isWaiting = false;
      cancelEarly();
      cancelIdle();
      deps.onStart(message);
      heard.open(message);
      const kept = early;
      early = [];
      for (const { raw, message: before } of kept) {
        deps.onMessage?.(raw, before);
        if (before.type === 'media') heard.take(before);
      }
    },
    media(message) {
      if (heard.start) heard.take(message);
      else if (!isWaiting) counters.early++;
    },
    dtmf: (message) => deps.onDtmf(message),
    stop(message) {
      if (!heard.start || isForeign(message, heard.start)) return;
      heard.end(message.reason ?? 'stopped');
      cancelIdle = host.clock.schedule(IDLE_SOCKET_MS, () => stop('the stream was stopped', 1000));
    },
    played: () => {},
    cleared: () => {},
    error(message) {
      counters.errors++;
      host.log.debug('a stream tells of an error', { providerCallId, code: message.code });
    },
    unknown: () => void counters.unknown++,
    malformed: () => void counters.malformed++,
  };

  function stop(reason: string, code: number): void {
    heard.end(reason);
    finish();
    socket.close(code, reason);
  }

  function finish(): void {
    if (closed) return;
    closed = true;
    cancelEarly();
    cancelIdle();
    dropEarly();
    host.log.debug('a stream socket is done', { providerCallId, ...counters });
    deps.onClose();
  }

  const isOfAnotherCall = (message: StreamMessage): boolean =>
    message.type === 'start' && message.callId !== undefined && message.callId !== providerCallId;

  socket.onClose((code) => {
    heard.end(`the stream socket closed with ${code}`);
    finish();
  });
  socket.onMessage((raw) => {
    if (closed) return;
    const message: StreamMessage = typeof raw === 'string' ? decodeStreamMessage(raw) : { type: 'malformed' };
    if (isOfAnotherCall(message)) {
      host.log.warn('a stream was started for another call than its address is for', { providerCallId });
      return stop('the start names another call', 1008);
    }
    if (isWaiting && message.type !== 'start') keep({ raw, message });
    else deps.onMessage?.(raw, message);
    (HANDLERS[message.type] as (message: StreamMessage) => void)(message);
  });

  return { takePlayed: heard.takePlayed, stop: (reason) => stop(reason, 1000) };
}
