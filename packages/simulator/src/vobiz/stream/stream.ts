// One stream of a call. The socket is dialled from here; when it cannot open or is lost, it is dialled again as often
// as was asked for, each time as a new stream with a new id. A stream that is not there never disturbs its call.

import { randomUUID } from 'node:crypto';
import { FRAME_MS } from '../../audio/pcm.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { StreamState } from '../../call/call-state.ts';
import { decodeAppMessage } from './app-messages.ts';
import type { AppMessage } from './app-messages.ts';
import { countIgnored, createConnection, connectionState } from './connection.ts';
import type { StreamConnection } from './connection.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { StreamStatusEvent, VobizRecord } from '../webhook/forms.ts';
import { stopMessages } from './fault-injection.ts';
import type { Wire } from './fault-injection.ts';
import type { StreamSpec, Track } from './stream-format.ts';
import { clearedMessage, dtmfMessage, mediaMessage, playedMessage, startMessage } from './stream-messages.ts';
import { closeSocket, openSocket } from './stream-socket.ts';

/** How much may wait for a far end that does not read; then the socket is dropped. */
export const MAX_BACKLOG_BYTES = 1_000_000;

/** What a stream needs. */
export interface StreamDeps {
  readonly spec: StreamSpec;
  readonly record: VobizRecord;
  readonly behaviour: () => VobizBehaviour;
  readonly scheduler: Scheduler;
  readonly onStatus: (news: StreamStatusEvent) => void;
}

/** A stream of a call, over all its sockets. */
export interface Stream {
  readonly spec: StreamSpec;
  /** The id of the attempt that is dialled now, or was last. */
  readonly id: string;
  readonly startedAt: number;
  /** When it ended; undefined while it lives. */
  readonly endedAt: number | undefined;
  /** No socket is open, and none will be. */
  readonly ended: boolean;
  /** Nothing is being played, and nothing waits to be played. */
  readonly idle: boolean;
  /** Whether an attempt had that id. */
  hasId(id: string): boolean;
  states(): StreamState[];
  /** Takes the next frame of what it was given to play; undefined when there is none. */
  nextAudio(): Int16Array | undefined;
  sendFrame(tracks: Readonly<Record<Track, Int16Array>>, timestamp: number): void;
  /** The person pressed a key. */
  sendDigit(digit: string, timestamp: number): void;
  /** The application, or REST, wants no more of it. */
  stop(): void;
  /** The call is over, or goes elsewhere. Settles when the socket is closed. */
  close(): Promise<void>;
}

/** Dials after the delay that the behaviour gives. */
export function createStream({ spec, record, behaviour, scheduler, onStatus }: StreamDeps): Stream {
  const attempts: StreamConnection[] = [];
  const startedAt = Date.now();
  let nextId: string = randomUUID();
  let retriesLeft = spec.maxRetries;
  let endedAt: number | undefined;
  let isStopped = false;

  const finish = (): void => {
    endedAt ??= Date.now();
  };

  const tell = (event: StreamStatusEvent['event'], streamId: string, name?: string): void => {
    const { url: serviceUrl, statusCallbackUrl: callbackUrl, statusCallbackMethod, extraHeaders } = spec;
    if (callbackUrl === undefined) return;
    const callbackMethod = statusCallbackMethod;
    const at = Date.now();
    onStatus({
      event,
      streamId,
      serviceUrl,
      callbackUrl,
      callbackMethod,
      extraHeaders,
      at,
      ...(name === undefined ? {} : { name }),
    });
  };

  const send = (attempt: StreamConnection, wire: Wire | object): void => {
    const { socket } = attempt;
    if (socket === undefined || attempt.isBreaking || attempt.status !== 'open') return;
    if (socket.bufferedAmount > MAX_BACKLOG_BYTES) return socket.terminate();
    attempt.messagesSent += 1;
    const breaksAt = behaviour().dropAfterMessages[attempts.indexOf(attempt)];
    const breaks = breaksAt !== undefined && attempt.messagesSent >= breaksAt;
    attempt.isBreaking = breaks;
    const data = typeof wire === 'string' || Buffer.isBuffer(wire) ? wire : JSON.stringify(wire);
    // It breaks between two messages: the last one has left in full.
    socket.send(data, () => {
      if (breaks) socket.terminate();
    });
  };

  const lost = (attempt: StreamConnection, code: number, reason: string): void => {
    const wasOpen = attempt.status === 'open';
    attempt.status = wasOpen ? 'closed' : 'failed';
    attempt.closeCode = wasOpen ? code : null;
    attempt.closeReason = reason;
    if (isStopped && wasOpen) tell('StopStream', attempt.id);
    if (endedAt !== undefined) return;
    if (wasOpen) tell('DroppedStream', attempt.id);
    if (retriesLeft === 0 || !behaviour().reconnects) return finish();
    retriesLeft -= 1;
    scheduler.after(behaviour().reconnectMs, dial);
  };

  const introduce = (attempt: StreamConnection): void => {
    attempt.hasStarted = true;
    const dials = behaviour();
    if (dials.start === 'never') return;
    const { id: callId, authId, from, to, direction } = record;
    const identity = { streamId: attempt.id, callId, authId, from, to, direction };
    send(attempt, startMessage(dials, identity, spec));
    if (dials.start === 'once') return;
    const streamId = dials.start === 'twice' ? attempt.id : randomUUID();
    send(attempt, startMessage(dials, { ...identity, streamId }, spec));
  };

  const opened = (attempt: StreamConnection): void => {
    attempt.status = 'open';
    attempt.sequenceNumber = behaviour().sequenceFrom;
    if (behaviour().mediaBeforeStart === 0) introduce(attempt);
    tell('StartStream', attempt.id);
    const { stallAfterMs } = behaviour();
    if (stallAfterMs > 0) scheduler.after(stallAfterMs, () => attempt.socket?.pause());
  };

  const stop = (attempt: StreamConnection | undefined): void => {
    if (endedAt !== undefined) return;
    isStopped = true;
    finish();
    if (attempt?.socket !== undefined) void closeSocket(attempt.socket, behaviour().closeCode);
  };

  const reached = (attempt: StreamConnection, name: string): void => {
    const { losePlayed, swapPlayed } = behaviour();
    tell('PlayedStream', attempt.id, name);
    if (attempt.lostPlayed < losePlayed) {
      attempt.lostPlayed += 1;
      return;
    }
    if (swapPlayed && attempt.heldPlayed === undefined) {
      attempt.heldPlayed = name;
      return;
    }
    send(attempt, playedMessage(name));
    if (attempt.heldPlayed !== undefined) send(attempt, playedMessage(attempt.heldPlayed));
    attempt.heldPlayed = undefined;
  };

  const MESSAGES: {
    [Event in AppMessage['event']]: (
      attempt: StreamConnection,
      message: Extract<AppMessage, { event: Event }>,
    ) => void;
  } = {
    playAudio(attempt, { audio }) {
      const samples = attempt.decode(audio, behaviour().byteOrder);
      if (attempt.playback.push(samples, behaviour().playbackQueueMs) || attempt.isDegraded) return;
      attempt.isDegraded = true;
      tell('DegradedStream', attempt.id);
    },
    checkpoint(attempt, { name }) {
      if (!attempt.playback.addCheckpoint(name)) countIgnored(attempt, 'name');
    },
    clearAudio(attempt) {
      const { clearedDelayMs, loseCleared } = behaviour();
      attempt.playback.clear();
      const answer = (): void => {
        attempt.sequenceNumber += 1;
        tell('ClearedAudio', attempt.id);
        if (!loseCleared) send(attempt, clearedMessage(attempt.id, attempt.sequenceNumber));
      };
      if (clearedDelayMs === 0) answer();
      else scheduler.after(clearedDelayMs, answer);
    },
    stop: (attempt) => stop(attempt),
  };

  const received = (attempt: StreamConnection, data: Buffer, isBinary: boolean): void => {
    if (endedAt !== undefined) return;
    const refusal = !spec.bidirectional ? 'one-way stream' : isBinary ? 'binary' : undefined;
    const message = refusal ?? decodeAppMessage(data.toString('utf8'), attempt.id);
    if (typeof message === 'string') return countIgnored(attempt, message);
    const obey: (attempt: StreamConnection, message: never) => void = MESSAGES[message.event];
    obey(attempt, message as never);
  };

  const dial = (): void => {
    if (endedAt !== undefined) return;
    const socket = openSocket(spec.url);
    const attempt = createConnection(nextId, socket, spec, behaviour);
    nextId = randomUUID();
    attempts.push(attempt);
    if (socket === undefined) return lost(attempt, 0, '');
    socket.on('open', () => opened(attempt));
    socket.on('message', (data: Buffer, isBinary) => received(attempt, data, isBinary));
    socket.on('error', () => {});
    socket.on('close', (code, reason: Buffer) => lost(attempt, code, reason.toString('utf8')));
  };

  /** The attempt whose socket is open, if the stream still lives. */
  const live = (): StreamConnection | undefined => {
    const attempt = attempts.at(-1);
    const isLive = endedAt === undefined && attempt?.status === 'open' && !attempt.isBreaking;
    return isLive ? attempt : undefined;
  };

  const sendTrack = (attempt: StreamConnection, track: Track, frame: Int16Array, timestamp: number): void => {
    const dials = behaviour();
    const pending = attempt.pending[track];
    pending.push(attempt.encoders[track](frame, dials.byteOrder));
    if (pending.length * FRAME_MS < dials.frameMs) return;
    attempt.sequenceNumber += 1;
    attempt.chunk += 1;
    const { id: streamId, sequenceNumber, chunk } = attempt;
    const payload = Buffer.concat(pending.splice(0)).toString('base64');
    const media = { streamId, sequenceNumber, chunk, track, timestamp, payload };
    const message = mediaMessage(dials, media, spec);
    attempt.lastMedia = message;
    for (const wire of attempt.faults.apply(message)) send(attempt, wire);
    if (!attempt.hasStarted && attempt.chunk >= dials.mediaBeforeStart) introduce(attempt);
  };

  scheduler.after(behaviour().connectDelayMs, dial);

  return {
    spec,
    startedAt,
    get id() {
      return attempts.at(-1)?.id ?? nextId;
    },
    get endedAt() {
      return endedAt;
    },
    get ended() {
      return endedAt !== undefined;
    },
    get idle() {
      return live()?.playback.idle ?? true;
    },
    hasId: (id) => attempts.some((attempt) => attempt.id === id) || (attempts.length === 0 && id === nextId),
    states: () => attempts.map((attempt) => connectionState(attempt, spec)),
    nextAudio() {
      const attempt = live();
      if (attempt === undefined) return undefined;
      const { frame, reached: names } = attempt.playback.next();
      for (const name of names) reached(attempt, name);
      return frame;
    },
    sendFrame(tracks, timestamp) {
      const attempt = live();
      if (attempt === undefined) return;
      for (const track of spec.tracks) sendTrack(attempt, track, tracks[track], timestamp);
      attempt.framesSent += 1;
      const livedMs = attempt.framesSent * FRAME_MS;
      if (livedMs >= spec.timeoutMs) {
        finish();
        if (attempt.socket !== undefined) void closeSocket(attempt.socket, behaviour().closeCode);
      } else if (behaviour().dropEveryMs > 0 && livedMs >= behaviour().dropEveryMs) {
        attempt.isBreaking = true;
        attempt.socket?.terminate();
      }
    },
    sendDigit(digit, timestamp) {
      const attempt = live();
      if (attempt === undefined || !spec.tracks.includes('inbound')) return;
      attempt.sequenceNumber += 1;
      send(attempt, dtmfMessage(behaviour(), attempt.id, attempt.sequenceNumber, digit, timestamp));
    },
    stop: () => stop(attempts.at(-1)),
    async close() {
      const attempt = attempts.at(-1);
      const wasLive = live() !== undefined;
      finish();
      if (attempt?.socket === undefined) return;
      if (wasLive && behaviour().sendStop) {
        for (const wire of stopMessages(behaviour(), attempt.id, attempt.lastMedia)) send(attempt, wire);
      }
      await closeSocket(attempt.socket, behaviour().closeCode);
    },
  };
}
