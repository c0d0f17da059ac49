import type { Scheduler } from '../../call/scheduler.ts';
import { closeSocket, MAX_BACKLOG_BYTES } from '../../http/web-socket.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { StreamStatusEvent, VobizRecord } from '../webhook/forms.ts';
import type { StreamConnection } from './connection.ts';
import type { Wire } from './fault-injection.ts';
import type { StreamSpec } from './stream-format.ts';

/** The dependencies of a stream. */
export interface StreamDeps {
  readonly spec: StreamSpec;
  readonly record: VobizRecord;
  readonly behaviour: () => VobizBehaviour;
  readonly scheduler: Scheduler;
  /** Called for each event of the status callback. */
  readonly onStatus: (event: StreamStatusEvent) => void;
}

/** The state of one stream. The functions of this folder read and change it. */
export interface StreamParts extends StreamDeps {
  readonly startedAt: number;
  /** The connections so far; the last one is current. */
  readonly connections: StreamConnection[];
  /** The id of the next connection. */
  nextId: string;
  retriesLeft: number;
  /** Set when the stream has ended; it does not reconnect any more. */
  endedAt: number | undefined;
  /** Whether the application or REST stopped it. */
  isStopped: boolean;
}

/** Returns the connection whose socket is open, if the stream has not ended. */
export function liveConnection({ connections, endedAt }: StreamParts): StreamConnection | undefined {
  const connection = connections.at(-1);
  const isLive = endedAt === undefined && connection?.status === 'open' && !connection.isBreaking;
  return isLive ? connection : undefined;
}

/** Calls the status callback of the stream, if it has one. */
export function notifyStatus(
  { spec, record, onStatus }: StreamParts,
  event: StreamStatusEvent['event'],
  streamId: string,
  name?: string,
): void {
  const { url: serviceUrl, statusCallbackUrl: callbackUrl, extraHeaders } = spec;
  if (callbackUrl === undefined) return;
  onStatus({
    event,
    streamId,
    serviceUrl,
    callbackUrl,
    callbackMethod: spec.statusCallbackMethod,
    extraHeaders,
    at: Date.now() + record.clockOffsetMs,
    ...(name === undefined ? {} : { name }),
  });
}

/** Sends a message, late if the behaviour says so. */
export function send({ delivery }: StreamConnection, wire: Wire | object): void {
  delivery.add(typeof wire === 'string' || Buffer.isBuffer(wire) ? wire : JSON.stringify(wire));
}

/** Delivers a message. The connection breaks after it if `dropAfterMessages` says so. */
export function deliver(stream: StreamParts, connection: StreamConnection, data: Wire): void {
  const { socket } = connection;
  if (socket === undefined || connection.isBreaking || connection.status !== 'open') return;
  if (socket.bufferedAmount > MAX_BACKLOG_BYTES) return socket.terminate();
  connection.messagesSent += 1;
  const breaksAt = stream.behaviour().dropAfterMessages[stream.connections.indexOf(connection)];
  const breaks = breaksAt !== undefined && connection.messagesSent >= breaksAt;
  connection.isBreaking = breaks;
  // It breaks between two messages: the last one is sent completely.
  socket.send(data, () => {
    if (breaks) socket.terminate();
  });
}

/** Marks the stream as ended. */
export function markEnded(stream: StreamParts): void {
  stream.endedAt ??= Date.now();
}

/** Ends the stream and closes its socket; `StopStream` follows when it is closed. */
export function stopStream(stream: StreamParts): void {
  if (stream.endedAt !== undefined) return;
  stream.isStopped = true;
  markEnded(stream);
  const connection = stream.connections.at(-1);
  connection?.delivery.flush();
  const socket = connection?.socket;
  if (socket !== undefined) void closeSocket(socket, stream.behaviour().closeCode);
}
