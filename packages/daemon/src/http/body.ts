/** A request's body: what it calls itself, and its bytes up to a bound. */
import type { IncomingMessage } from 'node:http';
import { FaultError } from '@sidetone/core';

/** @throws {FaultError} WIRE_TOO_LARGE as soon as more than `limit` bytes have come, or are announced. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  limitName: string,
): Promise<Uint8Array> {
  const tooLarge = (): FaultError =>
    new FaultError('WIRE_TOO_LARGE', `the body has more than ${limit} bytes (${limitName})`);
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
 * Whether a request's body calls itself JSON. Nothing else is taken where a body is an order: what a page may send
 * elsewhere without being asked (forms, plain text) never is one.
 */
export function isJson({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
