/** Checks the type of request bodies. */
import type { IncomingMessage } from 'node:http';

/**
 * Returns whether the Content-Type is JSON. Endpoints that execute something accept no other type: forms and plain text
 * can be sent by any web page without a CORS preflight.
 */
export function isJson({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
