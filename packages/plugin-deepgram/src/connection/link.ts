/**
 * One socket of the service, from its opening to its close. A tick sends what audio there is, never faster than the service
 * works through it; holds the socket when there is none; and asks for what is overdue. Of a link that is closed nothing comes.
 */
import type { Clock, Socket } from '@sidetone/core';
import type { AudioBuffer } from '../audio/audio-buffer.ts';
import type { Channels } from '../audio/channels.ts';
import { createTimeLine } from '../audio/timeline.ts';
import { troubleOfClose, type Trouble } from './troubles.ts';
import { CLOSE_STREAM, decodeServerMessage, finalize, KEEP_ALIVE } from '../wire.ts';

/** How often audio is sent, ms: about what a message holds. */
export const TICK_MS = 100;
/** The shortest and the longest message, ms of audio. */
export const MIN_MESSAGE_MS = 20;
export const MAX_MESSAGE_MS = 250;
/** How much faster than it is spoken audio is sent that waited: more the service slows down. */
export const CATCH_UP_RATE = 1.25;
/** Most audio sent at once after the loop was held up, ms. */
export const MAX_BURST_MS = 1000;
/** Most audio that a socket may hold which it has not passed on, ms. The rest waits in the buffer. */
export const MAX_IN_FLIGHT_MS = 1000;
/** How long a new socket may be without audio, ms: the service closes one that never had any, kept alive or not. */
export const PRIME_AFTER_MS = 3000;
/** How long a socket may be without a message of ours, ms; the service closes it after 10 s. */
export const KEEP_ALIVE_AFTER_MS = 4000;
/** How much silence stands for audio. */
export const SILENCE_MS = 100;
/** How long audio may flow, or wait, without a message coming back before the socket counts as dead, ms. */
export const MAX_UNANSWERED_MS = 20_000;
/** How long the service may be silent after it was asked for the end, ms. */
export const CLOSE_WAIT_MS = 5000;

const GOING_AWAY = 1001;
const NORMAL = 1000;

export interface LinkDeps {
  readonly clock: Clock;
  readonly socket: Socket;
  readonly buffer: AudioBuffer;
  readonly channels: Channels;
  /** The first frame to send. */
  readonly from: number;
  /** Whether it is a socket of `v2`, which knows neither keep-alives nor `Finalize`. */
  readonly isFlux: boolean;
  /** Tells of frames that will not be sent. */
  readonly onSkip: (from: number, to: number) => void;
  /** Called once. Without a trouble all was heard and told. */
  readonly onClosed: (trouble: Trouble | undefined) => void;
}

export interface Link {
  /** The next frame to send. */
  readonly position: number;
  /** Whether the service has told what it heard. */
  readonly wasHeard: boolean;
  /** Sends what is left in the buffer, which is sealed, and asks for the end. */
  finish(): void;
  /** Closes at once, without a word. */
  cut(): void;
}

/** Serves a socket that has just opened. Whoever makes it finishes or cuts it. */
export function createLink(deps: LinkDeps): Link {
  const { clock, socket, buffer, channels, isFlux } = deps;
  const line = createTimeLine();
  const frameMs = 1000 / buffer.framesIn(1000);
  let position = deps.from;
  let budgetMs = 0;
  let tickedAt = clock.now();
  let sentAt = tickedAt;
  let inFlightMs = 0;
  let unansweredMs = 0;
  let isFinishing = false;
  let askedForEndAt: number | undefined;
  let wasHeard = false;
  let wasTold = false;
  let isClosed = false;
  let cancelTick: () => void = () => undefined;

  function closed(trouble: Trouble | undefined): void {
    if (isClosed) return;
    isClosed = true;
    cancelTick();
    deps.onClosed(trouble);
  }

  function giveUp(trouble: Trouble): void {
    closed(trouble);
    socket.close(GOING_AWAY);
  }

  function send(message: string | Uint8Array, lengthMs = 0): void {
    sentAt = clock.now();
    inFlightMs += lengthMs;
    socket
      .send(message)
      .catch(() => undefined)
      .finally(() => void (inFlightMs -= lengthMs));
  }

  /** Sends frames, and takes down where they lie in the call. */
  function sendFrames(bytes: Uint8Array, frames: number, atMs: number): void {
    line.add((frames * frameMs) / 1000, atMs);
    send(bytes, frames * frameMs);
  }

  function sendSilence(): void {
    const frames = buffer.framesIn(SILENCE_MS);
    sendFrames(buffer.silence(frames), frames, buffer.msAt(position));
  }

  /** Sends the next message of what waits; false when there is none, or it may not go yet. */
  function sendNext(): boolean {
    // At the end there is no present that could be missed.
    const mostMs = isFinishing ? MAX_MESSAGE_MS : Math.min(budgetMs, MAX_MESSAGE_MS);
    if (inFlightMs >= MAX_IN_FLIGHT_MS || mostMs < MIN_MESSAGE_MS) return false;
    const { bytes, frames, atMs } = buffer.read(position, Math.floor(mostMs / frameMs));
    // An empty message would close the stream.
    if (frames === 0) return false;
    position += frames;
    budgetMs -= frames * frameMs;
    sendFrames(bytes, frames, atMs);
    return true;
  }

  function sendAudio(elapsedMs: number): void {
    if (position < buffer.start) {
      deps.onSkip(position, buffer.start);
      position = buffer.start;
    }
    if (position < buffer.end) unansweredMs += elapsedMs;
    budgetMs = Math.min(MAX_BURST_MS, budgetMs + elapsedMs * CATCH_UP_RATE);
    while (sendNext());
    if (position === buffer.end) budgetMs = 0;
  }

  function hold(): void {
    const idleMs = clock.now() - sentAt;
    const isNew = line.seconds === 0;
    if (idleMs < (isNew ? PRIME_AFTER_MS : KEEP_ALIVE_AFTER_MS)) return;
    if (isNew || isFlux) sendSilence();
    else send(KEEP_ALIVE);
  }

  function ask(): void {
    // A turn of Flux ends by itself, at the latest by its own time limit.
    if (isFlux) return;
    for (const channel of channels.due()) send(finalize(channel));
  }

  function tick(): void {
    const now = clock.now();
    const elapsedMs = now - tickedAt;
    tickedAt = now;
    cancelTick = clock.schedule(TICK_MS, tick);
    if (askedForEndAt !== undefined) {
      if (now - askedForEndAt >= CLOSE_WAIT_MS) giveUp({ code: 'DEEPGRAM_UNAVAILABLE' });
      return;
    }
    sendAudio(elapsedMs);
    hold();
    ask();
    if (isFinishing && position === buffer.end) {
      askedForEndAt = now;
      send(CLOSE_STREAM);
    } else if (unansweredMs >= MAX_UNANSWERED_MS) {
      giveUp({ code: 'DEEPGRAM_UNAVAILABLE', reason: 'no message came back for the audio' });
    }
  }

  function take(text: string): void {
    const message = decodeServerMessage(text);
    unansweredMs = 0;
    if (askedForEndAt !== undefined) askedForEndAt = clock.now();
    if (message.type === 'results') wasHeard = true;
    if (message.type === 'metadata') wasTold = true;
    channels.take(message, line);
    if (message.type === 'error' && isFlux) giveUp({ code: 'DEEPGRAM_UNAVAILABLE' });
  }

  socket.onClose((code, reason) => {
    const isDone = askedForEndAt !== undefined && (wasTold || code === NORMAL);
    closed(isDone ? undefined : troubleOfClose(code, reason));
  });
  socket.onMessage((message) => {
    if (!isClosed && typeof message === 'string') take(message);
  });
  tick();

  return {
    get position() {
      return position;
    },
    get wasHeard() {
      return wasHeard;
    },
    finish() {
      isFinishing = true;
    },
    cut() {
      closed(undefined);
      socket.close(NORMAL);
    },
  };
}
