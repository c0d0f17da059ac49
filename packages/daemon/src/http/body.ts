/** Reads request bodies up to a limit, and checks their type. */
import type { IncomingMessage } from 'node:http';
import { FaultError } from '@sidetone/core';

/**
 * Returns the body of a request.
 * @param limitName the configuration key of the limit, for the error message
 * @throws {FaultError} WIRE_TOO_LARGE as soon as more than `limit` bytes were received or announced.
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  limitName: string,
): Promise<Uint8Array> {
  const tooLarge = (): FaultError =>
    new FaultError('WIRE_TOO_LARGE', `body exceeds ${limitName} (${limit} bytes)`);
  if (Number(request.headers['content-length']) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * Returns whether the Content-Type is JSON. Endpoints that execute something accept no other type: forms and plain text
 * can be sent by any web page without a CORS preflight.
 */
export function isJson({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
