/** Opens WebSockets for plugins. */
import type { IncomingMessage } from 'node:http';
import { FaultError, type DialOptions, type Socket } from '@sidetone/core';
import { WebSocket } from 'ws';
import { WsSocket } from './ws-socket.ts';

/** How long a handshake may take when the plugin's own signal allows longer. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** How much of the answer to a handshake is kept, bytes, and how long it is waited for, ms. */
const MAX_ANSWER_BYTES = 4096;
export const ANSWER_TIMEOUT_MS = 2000;

/** @throws {FaultError} PROVIDER_REFUSED with `details.status` and what it says as `details.body`, PROVIDER_UNREACHABLE or PROVIDER_TIMEOUT. */
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
      const refuse = (body: string): void => {
        const status = response.statusCode ?? 0;
        const details = { status, ...(body !== '' && { body }) };
        settled();
        reject(
          new FaultError('PROVIDER_REFUSED', `the socket was refused with status ${status}`, { details }),
        );
        ws.terminate();
      };
      readAnswer(response, refuse);
    });
    ws.once('error', (cause) => {
      settled();
      reject(new FaultError('PROVIDER_UNREACHABLE', 'the socket cannot be opened', { cause }));
    });
  });
}

/** Hands on what a refusal says, as far as it comes. */
function readAnswer(response: IncomingMessage, take: (text: string) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const finish = (): void => {
    clearTimeout(timeout);
    response.destroy();
    take(Buffer.concat(pieces).subarray(0, MAX_ANSWER_BYTES).toString('utf8').trim());
  };
  const timeout = setTimeout(finish, ANSWER_TIMEOUT_MS).unref();
  response.on('data', (piece: Buffer) => {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= MAX_ANSWER_BYTES) finish();
  });
  response.once('end', finish);
  response.once('error', finish);
}
