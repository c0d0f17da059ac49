// One stream of a call. It connects to the application, and reconnects under a new id as often as its element allows.
// A failed stream never affects its call.

import { randomUUID } from 'node:crypto';
import type { StreamState } from '../../call/call-state.ts';
import { connectionState } from './connection.ts';
import { connect } from './stream-connect.ts';
import type { StreamSpec, Track } from './stream-format.ts';
import { closeStream, sendDigit, sendFrame, takeAudio } from './stream-output.ts';
import { liveConnection, stopStream } from './stream-parts.ts';
import type { StreamDeps, StreamParts } from './stream-parts.ts';

/** A stream of a call, over all its connections. */
export interface Stream {
  readonly spec: StreamSpec;
  /** The id of the latest connection. */
  readonly id: string;
  readonly startedAt: number;
  /** When it ended; undefined while it is live. */
  readonly endedAt: number | undefined;
  /** Whether it has ended: no connection is open and none will be. */
  readonly ended: boolean;
  /** Whether no received audio is being played or is queued. */
  readonly idle: boolean;
  /** Whether a connection had this id. */
  hasId(id: string): boolean;
  states(): StreamState[];
  /** Returns the next frame of the received audio; undefined if there is none. */
  nextAudio(): Int16Array | undefined;
  sendFrame(tracks: Readonly<Record<Track, Int16Array>>, timestamp: number): void;
  /** Sends a digit that the person pressed. */
  sendDigit(digit: string, timestamp: number): void;
  /** The application or REST stops it. */
  stop(): void;
  /** Ends it with the call or its XML. Resolves when the socket is closed. */
  close(): Promise<void>;
}

/** Creates a stream, which connects after the delay of the behaviour. */
export function createStream(deps: StreamDeps): Stream {
  const { spec, scheduler, behaviour } = deps;
  const stream: StreamParts = {
    ...deps,
    startedAt: Date.now(),
    connections: [],
    nextId: randomUUID(),
    retriesLeft: spec.maxRetries,
    endedAt: undefined,
    isStopped: false,
  };
  const { connections } = stream;
  scheduler.after(behaviour().connectDelayMs, () => connect(stream));

  return {
    spec,
    startedAt: stream.startedAt,
    get id() {
      return connections.at(-1)?.id ?? stream.nextId;
    },
    get endedAt() {
      return stream.endedAt;
    },
    get ended() {
      return stream.endedAt !== undefined;
    },
    get idle() {
      return liveConnection(stream)?.playback.idle ?? true;
    },
    hasId: (id) =>
      connections.some((connection) => connection.id === id) ||
      (connections.length === 0 && id === stream.nextId),
    states: () => connections.map((connection) => connectionState(connection, spec)),
    nextAudio: () => takeAudio(stream),
    sendFrame: (tracks, timestamp) => sendFrame(stream, tracks, timestamp),
    sendDigit: (digit, timestamp) => sendDigit(stream, digit, timestamp),
    stop: () => stopStream(stream),
    close: () => closeStream(stream),
  };
}
