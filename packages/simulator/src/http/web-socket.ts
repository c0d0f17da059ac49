import { WebSocket } from 'ws';

/** A client that does not read is disconnected when this much is buffered, about sixteen seconds of stereo audio. */
export const MAX_BACKLOG_BYTES = 1_000_000;

/** The timeout of the closing handshake. */
const CLOSE_TIMEOUT_MS = 1_000;

const NO_STATUS = 1005;

/** Sends data, or disconnects a client whose buffer is full. */
export function sendBounded(socket: WebSocket, data: Buffer | string): void {
  if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
  else socket.send(data, () => {});
}

/**
 * Closes a socket with a code; 1005: without a code, 1006 and other reserved codes: without a closing handshake.
 * Resolves when the socket is closed.
 */
export function closeSocket(socket: WebSocket, code: number, reason = ''): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (code === NO_STATUS) socket.close();
    else if (isSendable(code)) socket.close(code, reason);
    else socket.terminate();
  });
}

/** Whether a close frame can carry a code; 1006, for example, is reserved. */
function isSendable(code: number): boolean {
  const isStandard = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return isStandard || (code >= 3000 && code <= 4999);
}
