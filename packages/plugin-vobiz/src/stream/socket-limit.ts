/**
 * Limits the stream sockets of a call. Without room for another one, the oldest socket that has sent no start is closed,
 * so idle sockets of a client that has learnt the URL do not keep Vobiz out.
 */
import type { Logger, ProviderCallId, Socket } from '@sidetone/core';
import type { StreamSession } from './stream-session.ts';

/** The largest number of stream sockets of a call. Vobiz opens one for each stream, and a new one to reconnect. */
export const MAX_STREAM_SOCKETS = 10;

/** One line is logged for this many closed sockets. */
const LOG_INTERVAL = 100;

/** A socket that the limit can close. */
export interface OpenSocket {
  /** Whether the socket has sent its start. */
  readonly hasStarted: boolean;
  close(reason: string): void;
}

/** Returns a stream session as a socket that the limit can close. */
export const closable = (session: StreamSession): OpenSocket => ({
  hasStarted: session.hasStarted,
  close: (reason) => session.stop(reason, 1008),
});

const REASON = 'too many stream sockets of this call';

export interface SocketLimit {
  /** The number of sockets that were closed because of the limit. */
  readonly closed: number;
  /** Makes room for a socket. Closes it and returns false if all open ones of its call have started. */
  admit(callId: ProviderCallId, socket: Socket, open: readonly OpenSocket[]): boolean;
}

export function createSocketLimit(log: Pick<Logger, 'warn'>): SocketLimit {
  let closed = 0;
  return {
    get closed() {
      return closed;
    },
    admit(providerCallId, socket, open) {
      if (open.length < MAX_STREAM_SOCKETS) return true;
      if (closed++ % LOG_INTERVAL === 0)
        log.warn(REASON, { providerCallId, limit: MAX_STREAM_SOCKETS, closed });
      const idle = open.find(({ hasStarted }) => !hasStarted);
      if (idle) idle.close(REASON);
      else socket.close(1008, REASON);
      return idle !== undefined;
    },
  };
}
