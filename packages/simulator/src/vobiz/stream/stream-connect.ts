// Connecting a stream and reconnecting it after a failure.

import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { createConnection } from './connection.ts';
import type { StreamConnection } from './connection.ts';
import { receiveMessage } from './stream-input.ts';
import { deliver, markEnded, notifyStatus, send } from './stream-parts.ts';
import type { StreamParts } from './stream-parts.ts';
import { startMessage } from './stream-messages.ts';

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** The largest message that the application can send. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Opens the next connection. No effect on an ended stream. */
export function connect(stream: StreamParts): void {
  if (stream.endedAt !== undefined) return;
  const { spec } = stream;
  const socket = openSocket(spec.url);
  const connection: StreamConnection = createConnection(
    stream.nextId,
    socket,
    spec,
    stream.behaviour,
    (wire) => deliver(stream, connection, wire),
  );
  stream.nextId = randomUUID();
  stream.connections.push(connection);
  if (socket === undefined) return onClosed(stream, connection, 0, '');
  socket.on('open', () => onOpen(stream, connection));
  socket.on('message', (data: Buffer, isBinary) => receiveMessage(stream, connection, data, isBinary));
  socket.on('error', () => {});
  socket.on('close', (code, reason: Buffer) => onClosed(stream, connection, code, reason.toString('utf8')));
}

/** Sends the first message of a connection, as often as the behaviour says. */
export function sendStart(stream: StreamParts, connection: StreamConnection): void {
  connection.hasStarted = true;
  const behaviour = stream.behaviour();
  if (behaviour.start === 'never') return;
  const { id: callId, authId, from, to, direction } = stream.record;
  const identity = { streamId: connection.id, callId, authId, from, to, direction };
  send(connection, startMessage(behaviour, identity, stream.spec));
  if (behaviour.start === 'once') return;
  const streamId = behaviour.start === 'twice' ? connection.id : randomUUID();
  send(connection, startMessage(behaviour, { ...identity, streamId }, stream.spec));
}

function onOpen(stream: StreamParts, connection: StreamConnection): void {
  const { sequenceFrom, mediaBeforeStart, stallAfterMs } = stream.behaviour();
  connection.status = 'open';
  connection.sequenceNumber = sequenceFrom;
  if (mediaBeforeStart === 0) sendStart(stream, connection);
  notifyStatus(stream, 'StartStream', connection.id);
  if (stallAfterMs > 0) stream.scheduler.after(stallAfterMs, () => connection.socket?.pause());
}

/** Reconnects under a new id, if there are retries left. */
function onClosed(stream: StreamParts, connection: StreamConnection, code: number, reason: string): void {
  const wasOpen = connection.status === 'open';
  connection.status = wasOpen ? 'closed' : 'failed';
  connection.closeCode = wasOpen ? code : null;
  connection.closeReason = reason;
  if (stream.isStopped && wasOpen) notifyStatus(stream, 'StopStream', connection.id);
  if (stream.endedAt !== undefined) return;
  if (wasOpen) notifyStatus(stream, 'DroppedStream', connection.id);
  const { reconnects, reconnectMs } = stream.behaviour();
  if (stream.retriesLeft === 0 || !reconnects) return markEnded(stream);
  stream.retriesLeft -= 1;
  stream.scheduler.after(reconnectMs, () => connect(stream));
}

/** Opens a socket. Returns undefined for an invalid URL. */
function openSocket(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url, {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
  } catch {
    return undefined;
  }
}
