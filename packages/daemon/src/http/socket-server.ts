/** The WebSocket servers of the endpoints. They do not compress messages. */
import { WebSocketServer, type ServerOptions } from 'ws';
import { rejectUpgrade } from './reply.ts';

export function createSocketServer(
  options: Pick<ServerOptions, 'maxPayload' | 'handleProtocols'>,
): WebSocketServer {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, ...options });
  // Replaces the response of the library, which lacks the security headers.
  return server.on('wsClientError', (_error, socket) => rejectUpgrade(socket, 400));
}
