import { WebSocket } from 'ws';

/** How long a handshake may take. */
export const HANDSHAKE_TIMEOUT_MS = 5_000;
/** How long the closing handshake may take. */
export const CLOSE_TIMEOUT_MS = 1_000;
/** The largest message that the far end may send. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

const NO_STATUS = 1005;

/** A socket that is being dialled; undefined when the URL is none that can be. */
export function openSocket(url: string): WebSocket | undefined {
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

/** Closes with a code: 1005 is none, 1006 no closing handshake. Settles when the socket is closed, soon in any case. */
export function closeSocket(socket: WebSocket, code: number): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (code === NO_STATUS) socket.close();
    else if (isSendable(code)) socket.close(code);
    else socket.terminate();
  });
}

/** Whether a close frame may carry a code; 1006, for one, only stands for having got none. */
function isSendable(code: number): boolean {
  const isStandard = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return isStandard || (code >= 3000 && code <= 4999);
}
