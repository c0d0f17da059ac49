/** CORS: lets pages of permitted origins read responses. Cookies are never involved. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TOKEN_HEADER } from '../access/presented-tokens.ts';
import type { Gate } from './gate.ts';

/** How long a browser may cache the response to a preflight request, seconds. */
const PREFLIGHT_SECONDS = 600;

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-max-age': String(PREFLIGHT_SECONDS),
};

/** The request headers that the daemon reads. */
const OWN_HEADERS = ['authorization', 'content-type', 'idempotency-key', 'range', 'if-range', TOKEN_HEADER];

/** The longest list of requested headers that is allowed, characters and names. */
export const MAX_REQUESTED_HEADERS_LENGTH = 4096;
export const MAX_REQUESTED_HEADERS = 64;

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** The response headers that players and clients read, besides those that a page may always read. */
const EXPOSED_HEADERS = [
  'accept-ranges',
  'content-disposition',
  'content-length',
  'content-range',
  'etag',
  'retry-after',
  'www-authenticate',
  'x-request-id',
].join(', ');

/**
 * Returns the headers that a page may send: those that it asks for. Tracing and GraphQL clients add headers that no fixed list
 * contains, and the daemon reads none of them. A list that is invalid or too long is not allowed, only the daemon's own.
 */
export function allowedHeaders(requested: string | undefined): string {
  const own = OWN_HEADERS.join(', ');
  if (requested === undefined || requested.length > MAX_REQUESTED_HEADERS_LENGTH) return own;
  const names = requested
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const isValid = names.length <= MAX_REQUESTED_HEADERS && names.every((name) => HEADER_NAME.test(name));
  return isValid ? [...new Set([...OWN_HEADERS, ...names])].join(', ') : own;
}

/** Sets the CORS headers of a response. Responds to a preflight request and then returns true. */
export function handleCors(gate: Gate, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  const isAllowed = origin !== undefined && gate.allowsOrigin(origin, request);
  const isPreflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  response.setHeader('vary', isPreflight ? 'origin, access-control-request-headers' : 'origin');
  if (isAllowed) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  }
  if (!isPreflight) return false;
  const requested = request.headers['access-control-request-headers'];
  const headers = { ...PREFLIGHT_HEADERS, 'access-control-allow-headers': allowedHeaders(requested) };
  response.writeHead(isAllowed ? 204 : 403, isAllowed ? headers : {}).end();
  return true;
}
