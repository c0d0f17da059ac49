/** Opens WebSockets for plugins. */
import type { IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import { FaultError, type DialOptions, type Socket } from '@sidetone/core';
import { WebSocket } from 'ws';
import { WsSocket } from './ws-socket.ts';

/** Timeout of the handshake if the plugin's signal does not abort earlier. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Limits for the body of a rejected handshake, which is kept as an explanation. */
const MAX_REJECTION_BYTES = 4096;
export const REJECTION_TIMEOUT_MS = 2000;

/**
 * @param lookup resolves the host, if not all of its addresses are allowed.
 * @throws {FaultError} PROVIDER_REFUSED with the HTTP status as `details.status` and the body, if any, as `details.body`;
 * PROVIDER_UNREACHABLE; or PROVIDER_TIMEOUT if the signal aborts.
 */
export function dial(
  url: URL,
  options: DialOptions,
  maxMessageBytes: number,
  lookup?: LookupFunction,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, {
      headers: { ...options.headers },
      maxPayload: options.maxMessageBytes ?? maxMessageBytes,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      perMessageDeflate: false,
      followRedirects: false,
      ...(lookup && { lookup }),
    });
    const onAbort = (): void => {
      ws.terminate();
      reject(new FaultError('PROVIDER_TIMEOUT', 'opening the WebSocket timed out'));
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
    if (options.signal.aborted) onAbort();
    const removeListener = (): void => options.signal.removeEventListener('abort', onAbort);

    ws.once('open', () => {
      removeListener();
      resolve(new WsSocket(ws));
    });
    ws.once('unexpected-response', (_request, response) => {
      readRejection(response, (body) => {
        removeListener();
        reject(rejectedWith(response.statusCode ?? 0, body));
        ws.terminate();
      });
    });
    ws.once('error', (cause) => {
      removeListener();
      reject(new FaultError('PROVIDER_UNREACHABLE', 'opening the WebSocket failed', { cause }));
    });
  });
}

function rejectedWith(status: number, body: string): FaultError {
  return new FaultError('PROVIDER_REFUSED', `the WebSocket handshake was rejected with status ${status}`, {
    details: { status, ...(body !== '' && { body }) },
  });
}

/** Calls back with the body of a response, or the part of it that arrives within the limits. */
function readRejection(response: IncomingMessage, onBody: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (): void => {
    clearTimeout(timeout);
    response.destroy();
    onBody(Buffer.concat(chunks).subarray(0, MAX_REJECTION_BYTES).toString('utf8').trim());
  };
  const timeout = setTimeout(finish, REJECTION_TIMEOUT_MS).unref();
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_REJECTION_BYTES) finish();
  });
  response.once('end', finish);
  response.once('error', finish);
}
