/** CORS: lets pages of permitted origins read responses. Cookies are never involved. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gate } from './gate.ts';

/** How long a browser may cache the response to a preflight request, seconds. */
const PREFLIGHT_SECONDS = 600;

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key',
  'access-control-max-age': String(PREFLIGHT_SECONDS),
};

/** Sets the CORS headers of a response. Responds to a preflight request and then returns true. */
export function handleCors(gate: Gate, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  response.setHeader('vary', 'origin');
  const isAllowed = origin !== undefined && gate.allowsOrigin(origin, request);
  if (isAllowed) response.setHeader('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
    return false;
  response.writeHead(isAllowed ? 204 : 403, isAllowed ? PREFLIGHT_HEADERS : {}).end();
  return true;
}
