// The messages that the application sends on a stream.

import { decodeAppMessage } from './app-messages.ts';
import type { AppMessage } from './app-messages.ts';
import { countIgnored } from './connection.ts';
import type { StreamConnection } from './connection.ts';
import { clearedMessage } from './stream-messages.ts';
import { notifyStatus, send, stopStream } from './stream-parts.ts';
import type { StreamParts } from './stream-parts.ts';

type Handlers = {
  [Event in AppMessage['event']]: (
    stream: StreamParts,
    connection: StreamConnection,
    message: Extract<AppMessage, { event: Event }>,
  ) => void;
};

const HANDLERS: Handlers = {
  playAudio(stream, connection, { audio }) {
    const { byteOrder, playbackQueueMs } = stream.behaviour();
    const samples = connection.decode(audio, byteOrder);
    if (connection.playback.push(samples, playbackQueueMs) || connection.isDegraded) return;
    connection.isDegraded = true;
    notifyStatus(stream, 'DegradedStream', connection.id);
  },
  checkpoint(_, connection, { name }) {
    if (!connection.playback.addCheckpoint(name)) countIgnored(connection, 'name');
  },
  clearAudio(stream, connection) {
    const { clearedDelayMs, loseCleared } = stream.behaviour();
    connection.playback.clear();
    const confirm = (): void => {
      connection.sequenceNumber += 1;
      notifyStatus(stream, 'ClearedAudio', connection.id);
      if (!loseCleared) send(connection, clearedMessage(connection.id, connection.sequenceNumber));
    };
    if (clearedDelayMs === 0) confirm();
    else stream.scheduler.after(clearedDelayMs, confirm);
  },
  stop: (stream) => stopStream(stream),
};

/** Handles a message. One without effect is counted with the reason. */
export function receiveMessage(
  stream: StreamParts,
  connection: StreamConnection,
  data: Buffer,
  isBinary: boolean,
): void {
  if (stream.endedAt !== undefined) return;
  const reason = !stream.spec.bidirectional ? 'one-way stream' : isBinary ? 'binary' : undefined;
  const message = reason ?? decodeAppMessage(data.toString('utf8'), connection.id);
  if (typeof message === 'string') return countIgnored(connection, message);
  const handle: (stream: StreamParts, connection: StreamConnection, message: never) => void =
    HANDLERS[message.event];
  handle(stream, connection, message as never);
}
