/** The WebSocket servers of the endpoints. They do not compress messages. */
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { rejectUpgrade } from './reply.ts';

/** The time limit of the closing handshake, ms. A socket whose peer does not complete it is terminated. */
export const CLOSE_TIMEOUT_MS = 2000;

export function createSocketServer(
  options: Pick<ServerOptions, 'maxPayload' | 'handleProtocols'>,
): WebSocketServer {
  const settings = { noServer: true, perMessageDeflate: false, closeTimeout: CLOSE_TIMEOUT_MS, ...options };
  const server = new WebSocketServer(settings);
  // Replaces the response of the library, which lacks the security headers.
  return server.on('wsClientError', (_error, socket) => rejectUpgrade(socket, 400));
}

/** Closes a WebSocket with a code. Nothing more is sent; commands are not accepted over sockets anyway. */
export type EndSocket = (code: number, reason: string) => void;

export const endOf =
  (socket: WebSocket): EndSocket =>
  (code, reason) =>
    socket.close(code, reason);
