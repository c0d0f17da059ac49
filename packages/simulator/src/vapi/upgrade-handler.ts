// Handshakes: who may listen to a call and who may take its transport socket. A handshake that is left without
// an answer ends when its client goes away, when its time is over, or with the cloud.

import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { VapiCall } from './call.ts';

/** The largest frame that a transport socket takes. */
export const MAX_FRAME_BYTES = 1_000_000;
/** How many handshakes may be left without an answer at a time. */
export const MAX_HANGING = 100;
/** How long a handshake is left without an answer. */
export const HANG_LIMIT_MS = 120_000;

/** Takes handshakes. Whoever creates it closes it. */
export interface Doorway {
  listen(call: VapiCall | undefined, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  transport(call: VapiCall | undefined, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** The doorway of a cloud. */
export function createDoorway(publicKey: string): Doorway {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  const hanging = new Set<Duplex>();

  const hang = (socket: Duplex): void => {
    if (hanging.size >= MAX_HANGING) return refuse(socket, 503, 'Too many wait');
    const timer = setTimeout(() => socket.destroy(), HANG_LIMIT_MS);
    hanging.add(socket);
    socket.once('close', () => {
      clearTimeout(timer);
      hanging.delete(socket);
    });
    // A client that goes away is noticed only by who reads.
    socket.on('end', () => socket.destroy());
    socket.resume();
  };

  return {
    listen(call, request, socket, head) {
      if (call === undefined) return refuse(socket, 400, 'Call not active');
      const { dials, door } = call;
      if (dials.listenHang) return hang(socket);
      const key = request.headers.authorization;
      if (dials.listenAuthenticationEnabled && key !== `Bearer ${publicKey}`)
        return refuse(socket, 401, 'Unauthorized');
      if (!call.active || !dials.listenEnabled) return refuse(socket, 400, 'Call not active');
      if (door.refusals < dials.listenRefusals) {
        door.refusals += 1;
        return refuse(socket, 400, 'Call not active');
      }
      if (!call.hasRoom) return refuse(socket, 429, 'Too many listeners');
      sockets.handleUpgrade(request, socket, head, (accepted) => call.listen(accepted));
    },
    transport(call, request, socket, head) {
      if (call === undefined || !call.awaitsTransport) return refuse(socket, 400, 'Call not active');
      sockets.handleUpgrade(request, socket, head, (accepted) => call.transport(accepted));
    },
    close() {
      for (const socket of hanging) socket.destroy();
      sockets.close();
    },
  };
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
