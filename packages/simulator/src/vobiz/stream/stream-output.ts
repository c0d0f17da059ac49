// The messages that a stream sends: audio, digits and reached checkpoints.

import { FRAME_MS } from '../../audio/pcm.ts';
import { closeSocket } from '../../http/web-socket.ts';
import type { StreamConnection } from './connection.ts';
import { stopMessages } from './fault-injection.ts';
import { sendStart } from './stream-connect.ts';
import type { Track } from './stream-format.ts';
import { dtmfMessage, mediaMessage, playedMessage } from './stream-messages.ts';
import { liveConnection, markEnded, notifyStatus, send } from './stream-parts.ts';
import type { StreamParts } from './stream-parts.ts';

/** Returns the next frame of the received audio, if there is any, and reports the checkpoints that were reached. */
export function takeAudio(stream: StreamParts): Int16Array | undefined {
  const connection = liveConnection(stream);
  if (connection === undefined) return undefined;
  const { frame, reached } = connection.playback.next();
  for (const name of reached) reportCheckpoint(stream, connection, name);
  return frame;
}

function reportCheckpoint(stream: StreamParts, connection: StreamConnection, name: string): void {
  const { losePlayed, swapPlayed } = stream.behaviour();
  notifyStatus(stream, 'PlayedStream', connection.id, name);
  if (connection.lostPlayed < losePlayed) {
    connection.lostPlayed += 1;
    return;
  }
  if (swapPlayed && connection.heldPlayed === undefined) {
    connection.heldPlayed = name;
    return;
  }
  send(connection, playedMessage(name));
  if (connection.heldPlayed !== undefined) send(connection, playedMessage(connection.heldPlayed));
  connection.heldPlayed = undefined;
}

/** Sends a frame of the tracks. The stream ends at its timeout, and its connection breaks after `dropEveryMs`. */
export function sendFrame(
  stream: StreamParts,
  tracks: Readonly<Record<Track, Int16Array>>,
  timestamp: number,
): void {
  const connection = liveConnection(stream);
  if (connection === undefined) return;
  const { spec } = stream;
  for (const track of spec.tracks) sendTrack(stream, connection, track, tracks[track], timestamp);
  connection.framesSent += 1;
  const ageMs = connection.framesSent * FRAME_MS;
  connection.delivery.frameSent(ageMs);
  const { dropEveryMs, closeCode } = stream.behaviour();
  if (ageMs >= spec.timeoutMs) {
    markEnded(stream);
    connection.delivery.flush();
    if (connection.socket !== undefined) void closeSocket(connection.socket, closeCode);
  } else if (dropEveryMs > 0 && ageMs >= dropEveryMs) {
    connection.isBreaking = true;
    connection.socket?.terminate();
  }
}

function sendTrack(
  stream: StreamParts,
  connection: StreamConnection,
  track: Track,
  frame: Int16Array,
  timestamp: number,
): void {
  const behaviour = stream.behaviour();
  const pending = connection.pending[track];
  pending.push(connection.encoders[track](frame, behaviour.byteOrder));
  if (pending.length * FRAME_MS < behaviour.frameMs) return;
  connection.sequenceNumber += 1;
  connection.chunk += 1;
  const { id: streamId, sequenceNumber, chunk } = connection;
  const payload = Buffer.concat(pending.splice(0)).toString('base64');
  const media = { streamId, sequenceNumber, chunk, track, timestamp, payload };
  const message = mediaMessage(behaviour, media, stream.spec);
  connection.lastMedia = message;
  for (const wire of connection.faults.apply(message)) send(connection, wire);
  if (!connection.hasStarted && connection.chunk >= behaviour.mediaBeforeStart) sendStart(stream, connection);
}

/** Sends a digit that the person pressed, if the stream has their track. */
export function sendDigit(stream: StreamParts, digit: string, timestamp: number): void {
  const connection = liveConnection(stream);
  if (connection === undefined || !stream.spec.tracks.includes('inbound')) return;
  connection.sequenceNumber += 1;
  const { id, sequenceNumber } = connection;
  send(connection, dtmfMessage(stream.behaviour(), id, sequenceNumber, digit, timestamp));
}

/** Ends the stream, with a `stop` message if the behaviour says so, and waits until its socket is closed. */
export async function closeStream(stream: StreamParts): Promise<void> {
  const connection = stream.connections.at(-1);
  const wasLive = liveConnection(stream) !== undefined;
  markEnded(stream);
  if (connection?.socket === undefined) return;
  const behaviour = stream.behaviour();
  if (wasLive && behaviour.sendStop) {
    const messages = stopMessages(behaviour, connection.id, connection.lastMedia);
    for (const wire of messages) send(connection, wire);
  }
  connection.delivery.flush();
  await closeSocket(connection.socket, behaviour.closeCode);
}
