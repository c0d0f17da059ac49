/** Opens WebSockets for plugins. */
import { FaultError, type DialOptions, type Socket } from '@sidetone/core';
import { WebSocket } from 'ws';
import { WsSocket } from './ws-socket.ts';

/** How long a handshake may take when the plugin's own signal allows longer. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** @throws {FaultError} PROVIDER_REFUSED with `details.status`, PROVIDER_UNREACHABLE or PROVIDER_TIMEOUT. */
export function dial(url: URL, options: DialOptions, maxMessageBytes: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, {
      headers: { ...options.headers },
      maxPayload: options.maxMessageBytes ?? maxMessageBytes,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      perMessageDeflate: false,
      followRedirects: false,
    });
    const abort = (): void => {
      ws.terminate();
      reject(new FaultError('PROVIDER_TIMEOUT', 'the socket was not opened in time'));
    };
    options.signal.addEventListener('abort', abort, { once: true });
    if (options.signal.aborted) abort();
    const settled = (): void => options.signal.removeEventListener('abort', abort);

    ws.once('open', () => {
      settled();
      resolve(new WsSocket(ws));
    });
    ws.once('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      settled();
      reject(
        new FaultError('PROVIDER_REFUSED', `the socket was refused with status ${status}`, {
          details: { status },
        }),
      );
      ws.terminate();
    });
    ws.once('error', (cause) => {
      settled();
      reject(new FaultError('PROVIDER_UNREACHABLE', 'the socket cannot be opened', { cause }));
    });
  });
}
