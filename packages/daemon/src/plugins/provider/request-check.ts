/** Checks of requests before they are passed to a plugin. */
import { FaultError, type IngressRequest } from '@sidetone/core';
import { isJsonTooDeep, MAX_JSON_DEPTH } from '@sidetone/plugin-kit';

/** The start of a JSON array or object; a byte order mark is three characters in latin1. */
const JSON_START = /^(\u00ef\u00bb\u00bf)?\s*[[{]/;

/**
 * Rejects a JSON body that is nested deeper than {@link MAX_JSON_DEPTH}, whatever its content type: code that walks it recursively
 * would overflow the stack.
 * @throws {FaultError} WIRE_MALFORMED.
 */
export function expectShallowJson({ body }: Pick<IngressRequest, 'body'>): void {
  if (body.length <= MAX_JSON_DEPTH) return;
  // All brackets and quotes are ASCII, so UTF-8 need not be decoded.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  if (JSON_START.test(text) && isJsonTooDeep(text)) {
    throw new FaultError('WIRE_MALFORMED', `body: expected JSON with at most ${MAX_JSON_DEPTH} levels`);
  }
}
