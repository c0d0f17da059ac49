/**
 * Reads one socket with the audio of a call, which Vobiz opens. A call may have several, one after another or at once: the
 * close of a socket ends its stream, never the call.
 */
import type { ProviderCallId, ProviderHost, Socket } from '@sidetone/core';
import { dispatch, LATE_AUDIO_MS, type HandlerTable } from '@sidetone/plugin-kit';
import {
  decodeStreamMessage,
  type MediaFormat,
  type StreamMessage,
  type StreamMessageOf,
  type Track,
} from '../wire.ts';
import type { ByteOrders } from './byte-orders.ts';
import { createEarlyMessages } from './early-messages.ts';
import type { SplitTracks } from './split-tracks.ts';
import { createInboundStream, isOfOtherStream, type StreamCounters } from './inbound-stream.ts';

/** How long a socket may stay open without a start, or after a stop, ms. */
export const IDLE_SOCKET_MS = 10_000;

/** How long a started stream may have no audio before it is reported, ms. In a conference, audio starts after about 2 s. */
export const NO_MEDIA_MS = 10_000;

/** Receives each message as text, next to its decoded form. */
type OnMessage = (raw: string | Uint8Array, message: StreamMessage) => void;

interface StreamSessionDeps {
  readonly host: ProviderHost;
  readonly providerCallId: ProviderCallId;
  readonly byteOrders: ByteOrders;
  /** The requested track of a one-way stream; undefined for both. */
  readonly track?: Track | undefined;
  /** Defined for one-way streams. */
  readonly splitTracks?: SplitTracks;
  /** The requested format, for a start without one. */
  readonly fallbackFormat: MediaFormat;
  readonly onStart: (message: StreamMessageOf<'start'>) => void;
  readonly onDtmf: (message: StreamMessageOf<'dtmf'>) => void;
  /** Called if a started one-way stream has no audio for {@link NO_MEDIA_MS}. */
  readonly onNoMedia?: () => void;
  /** Called with every message before it is handled: the start first, then those that arrived before it. */
  readonly onMessage?: OnMessage;
  /** Called before the socket's stream ends because the socket is closed. */
  readonly beforeEnd?: () => void;
  /** Called once, when the socket is closed. */
  readonly onClose: () => void;
}

export interface StreamSession {
  /** Whether the start was received. */
  readonly hasStarted: boolean;
  /** Writes audio that is played to the caller, in the format of the stream. */
  writePlayed(bytes: Uint8Array, positionMs: number): void;
  /** Counts audio that is played to the caller and not written, because there is no demand. */
  skipPlayed(bytes: number): void;
  /** Closes the socket and ends its stream. */
  stop(reason: string, code?: number): void;
  /** Ends the stream when Vobiz closes the socket, but not later than `LATE_AUDIO_MS`: audio may be on its way. */
  callEnded(reason: string): void;
}

/** Problems on a socket, logged when it closes. */
type Counters = StreamCounters & Record<'malformed' | 'unknown' | 'errors' | 'early', number>;

const newCounters = (): Counters => ({
  malformed: 0,
  unknown: 0,
  errors: 0,
  early: 0,
  foreign: 0,
  repeated: 0,
  badPayload: 0,
  oddLength: 0,
  unplaced: 0,
  clockSteps: 0,
});

/** Reads a socket until it closes. */
export function createStreamSession(socket: Socket, deps: StreamSessionDeps): StreamSession {
  const { host, providerCallId } = deps;
  const counters = newCounters();
  const inbound = createInboundStream({ ...deps, counters });
  const early = createEarlyMessages(host.clock, (count) => void (counters.early += count));
  let isClosed = false;
  let cancelNoMedia: (() => void) | undefined;
  let cancelStop: (() => void) | undefined;
  let cancelIdle = host.clock.schedule(IDLE_SOCKET_MS, () => stop('no start received', 1008));

  /** Handles the messages other than media. */
  const HANDLERS: HandlerTable<StreamMessage> = {
    start(message) {
      const { start } = inbound;
      if (start && start.streamId === message.streamId) return;
      cancelIdle();
      cancelNoMedia?.();
      cancelNoMedia = deps.onNoMedia && host.clock.schedule(NO_MEDIA_MS, deps.onNoMedia);
      deps.onStart(message);
      inbound.open(message);
      for (const { raw, message: before } of early.take()) {
        deps.onMessage?.(raw, before);
        if (before.type === 'media') receiveMedia(before);
      }
    },
    media: receiveMedia,
    dtmf: (message) => deps.onDtmf(message),
    stop(message) {
      if (!inbound.start || isOfOtherStream(message, inbound.start)) return;
      inbound.end(message.reason ?? 'stopped');
      cancelNoMedia?.();
      cancelIdle = host.clock.schedule(IDLE_SOCKET_MS, () => stop('the stream was stopped', 1000));
    },
    played: () => {},
    cleared: () => {},
    error(message) {
      counters.errors++;
      host.log.debug('stream error received', { providerCallId, code: message.code });
    },
    unknown: () => void counters.unknown++,
    malformed: () => void counters.malformed++,
  };

  function receiveMedia(message: StreamMessageOf<'media'>): void {
    if (cancelNoMedia) {
      cancelNoMedia();
      cancelNoMedia = undefined;
    }
    if (inbound.start) inbound.receive(message);
    else if (!early.isOpen) counters.early++;
  }

  function stop(reason: string, code: number): void {
    endInbound(reason);
    finish();
    socket.close(code, reason);
  }

  function endInbound(reason: string): void {
    deps.beforeEnd?.();
    inbound.end(reason);
  }

  function finish(): void {
    if (isClosed) return;
    isClosed = true;
    cancelIdle();
    cancelNoMedia?.();
    cancelStop?.();
    early.discard();
    host.log.debug('stream socket closed', { providerCallId, ...counters });
    deps.onClose();
  }

  const isOfOtherCall = (message: StreamMessage): boolean =>
    message.type === 'start' && message.callId !== undefined && message.callId !== providerCallId;

  socket.onClose((code) => {
    endInbound(`the stream socket closed with ${code}`);
    finish();
  });
  socket.onMessage((raw) => {
    if (isClosed) return;
    const message: StreamMessage = typeof raw === 'string' ? decodeStreamMessage(raw) : { type: 'malformed' };
    if (isOfOtherCall(message)) {
      host.log.warn('stream start names another call, closing the socket', { providerCallId });
      return stop('the start names another call', 1008);
    }
    if (early.isOpen && message.type !== 'start') early.add(raw, message);
    else deps.onMessage?.(raw, message);
    if (message.type === 'media') receiveMedia(message);
    else dispatch(HANDLERS, message);
  });

  return {
    get hasStarted() {
      return inbound.start !== undefined;
    },
    writePlayed: inbound.writePlayed,
    skipPlayed: inbound.skipPlayed,
    stop: (reason, code = 1000) => stop(reason, code),
    callEnded(reason) {
      if (isClosed) return;
      cancelNoMedia?.();
      if (inbound.start) cancelStop ??= host.clock.schedule(LATE_AUDIO_MS, () => stop(reason, 1000));
      else stop(reason, 1000);
    },
  };
}
