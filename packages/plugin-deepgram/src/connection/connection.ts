/**
 * One socket to the service, from its opening to its close. At each tick it sends audio, keeps the socket open, and sends the
 * `Finalize` messages that are due. Messages that arrive after the close are ignored.
 */
import type { Clock, Socket } from '@sidetone/core';
import type { AudioBuffer } from '../audio/audio-buffer.ts';
import type { Channels } from '../channels.ts';
import { CLOSE_STREAM, decodeServerMessage, finalize } from '../wire.ts';
import { createAudioSender } from './audio-sender.ts';
import { errorOfClose, type ConnectionError } from './connection-errors.ts';

/** Interval at which audio is sent, ms: about the length of a message. */
const TICK_MS = 100;
/** How long audio may be sent, or wait, without any message from the service before the socket counts as dead, ms. */
export const RESPONSE_TIMEOUT_MS = 20_000;
/** How long the service may send nothing after `CloseStream`, ms. */
const CLOSE_TIMEOUT_MS = 5000;

const GOING_AWAY = 1001;
const NORMAL = 1000;

interface ConnectionDeps {
  readonly clock: Clock;
  readonly socket: Socket;
  readonly buffer: AudioBuffer;
  readonly channels: Channels;
  /** The first frame to send. */
  readonly from: number;
  /** Whether it is a `v2` socket, which has neither keep-alives nor `Finalize`. */
  readonly isFlux: boolean;
  /** Called with frames that are not sent because newer audio overwrote them. */
  readonly onSkip: (from: number, to: number) => void;
  /** Called once. Without an error, all audio was processed or the connection was closed by `close`. */
  readonly onClosed: (error: ConnectionError | undefined) => void;
}

export interface Connection {
  /** The next frame to send. */
  readonly position: number;
  /** Whether the service has sent any results. */
  readonly hasResults: boolean;
  /** Sends the rest of the buffer, which must be sealed, then requests the last results. */
  finish(): void;
  /** Closes the socket at once. */
  close(): void;
}

/** Serves a socket that has just opened. The caller must finish or close it. */
export function createConnection(deps: ConnectionDeps): Connection {
  const { clock, socket, buffer, channels, isFlux } = deps;
  const sender = createAudioSender(deps);
  let tickedAt = clock.elapsed();
  let unansweredMs = 0;
  let isFinishing = false;
  /** When `CloseStream` was sent or the last message after it arrived. */
  let closingAt: number | undefined;
  let hasResults = false;
  let hasMetadata = false;
  let isClosed = false;
  let cancelTick: () => void = () => undefined;

  function closed(error: ConnectionError | undefined): void {
    if (isClosed) return;
    isClosed = true;
    cancelTick();
    deps.onClosed(error);
  }

  function fail(error: ConnectionError): void {
    closed(error);
    socket.close(GOING_AWAY);
  }

  function tick(): void {
    const now = clock.elapsed();
    const elapsedMs = now - tickedAt;
    tickedAt = now;
    cancelTick = clock.schedule(TICK_MS, tick);
    if (closingAt !== undefined) {
      if (now - closingAt >= CLOSE_TIMEOUT_MS) fail({ code: 'DEEPGRAM_UNAVAILABLE' });
      return;
    }
    if (sender.sendAudio(elapsedMs, isFinishing)) unansweredMs += elapsedMs;
    sender.keepAlive();
    // Flux has no `Finalize`: its turns have a time limit.
    if (!isFlux) for (const channel of channels.dueFinalizes()) sender.sendText(finalize(channel));
    if (isFinishing && sender.position === buffer.end) {
      closingAt = now;
      sender.sendText(CLOSE_STREAM);
    } else if (unansweredMs >= RESPONSE_TIMEOUT_MS) {
      fail({ code: 'DEEPGRAM_UNAVAILABLE', reason: 'no message was received for the audio' });
    }
  }

  function handle(text: string): void {
    const message = decodeServerMessage(text);
    unansweredMs = 0;
    if (closingAt !== undefined) closingAt = clock.elapsed();
    if (message.type === 'results') hasResults = true;
    if (message.type === 'metadata') hasMetadata = true;
    channels.handle(message, sender.timeline);
    if (message.type === 'error' && isFlux) fail({ code: 'DEEPGRAM_UNAVAILABLE' });
  }

  socket.onClose((code, reason) => {
    const isComplete = closingAt !== undefined && (hasMetadata || code === NORMAL);
    closed(isComplete ? undefined : errorOfClose(code, reason));
  });
  socket.onMessage((message) => {
    if (!isClosed && typeof message === 'string') handle(message);
  });
  tick();

  return {
    get position() {
      return sender.position;
    },
    get hasResults() {
      return hasResults;
    },
    finish() {
      isFinishing = true;
    },
    close() {
      closed(undefined);
      socket.close(NORMAL);
    },
  };
}
