// Accepts or rejects the handshakes of listeners and of the transport socket. An unanswered handshake ends when its
// client disconnects, after a time limit, or with the cloud.

import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { VapiCall } from './call/call-contract.ts';

/** The largest frame that a transport socket accepts. */
const MAX_FRAME_BYTES = 1_000_000;
/** How many handshakes can be unanswered at the same time. */
export const MAX_UNANSWERED = 100;
/** The time limit of an unanswered handshake. */
export const UNANSWERED_LIMIT_MS = 120_000;

/** Handles handshakes. The caller closes it. */
export interface UpgradeHandler {
  listen(call: VapiCall | undefined, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  transport(call: VapiCall | undefined, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Creates the handler of a cloud. */
export function createUpgradeHandler(publicKey: string): UpgradeHandler {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  const unanswered = new Set<Duplex>();

  const leaveUnanswered = (socket: Duplex): void => {
    if (unanswered.size >= MAX_UNANSWERED) return reject(socket, 503, 'Too many wait');
    const timer = setTimeout(() => socket.destroy(), UNANSWERED_LIMIT_MS);
    unanswered.add(socket);
    socket.once('close', () => {
      clearTimeout(timer);
      unanswered.delete(socket);
    });
    // A disconnect is detected only while the socket is read.
    socket.on('end', () => socket.destroy());
    socket.resume();
  };

  return {
    listen(call, request, socket, head) {
      if (call === undefined) return reject(socket, 400, 'Call not active');
      const { behaviour, faultCounters } = call;
      if (behaviour.listenHang) return leaveUnanswered(socket);
      const key = request.headers.authorization;
      if (behaviour.listenAuthenticationEnabled && key !== `Bearer ${publicKey}`)
        return reject(socket, 401, 'Unauthorized');
      if (!call.active || !behaviour.listenEnabled) return reject(socket, 400, 'Call not active');
      if (behaviour.gptLive) return reject(socket, 400, 'Not supported for GPT-Live calls');
      if (faultCounters.rejectedHandshakes < behaviour.listenRefusals) {
        faultCounters.rejectedHandshakes += 1;
        return reject(socket, 400, 'Call not active');
      }
      if (!call.acceptsListeners) return reject(socket, 429, 'Too many listeners');
      sockets.handleUpgrade(request, socket, head, (accepted) => call.addListener(accepted));
    },
    transport(call, request, socket, head) {
      if (call === undefined || !call.awaitsTransport) return reject(socket, 400, 'Call not active');
      sockets.handleUpgrade(request, socket, head, (accepted) => call.attachTransport(accepted));
    },
    close() {
      for (const socket of unanswered) socket.destroy();
      sockets.close();
    },
  };
}

function reject(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
