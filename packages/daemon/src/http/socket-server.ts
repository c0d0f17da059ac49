/** The WebSocket servers of the endpoints. They do not compress messages. */
import { WebSocketServer, type ServerOptions } from 'ws';
import { rejectUpgrade } from './reply.ts';

/** The time limit of the closing handshake, ms. A socket whose peer does not complete it is terminated. */
const CLOSE_TIMEOUT_MS = 2000;

export function createSocketServer(
  options: Pick<ServerOptions, 'maxPayload' | 'handleProtocols'>,
): WebSocketServer {
  const settings = { noServer: true, perMessageDeflate: false, closeTimeout: CLOSE_TIMEOUT_MS, ...options };
  const server = new WebSocketServer(settings);
  // Replaces the response of the library, which lacks the security headers.
  return server.on('wsClientError', (_error, socket) => rejectUpgrade(socket, 400));
}
