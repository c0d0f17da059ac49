/** Lets pages of other origins read our answers, where they may: the CORS protocol. No cookie is ever involved. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gate } from './gate.ts';

/** How long a browser may remember a preflight's answer, seconds. */
const PREFLIGHT_SECONDS = 600;

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key',
  'access-control-max-age': String(PREFLIGHT_SECONDS),
};

/** Puts the headers for the asking page. Answers a preflight, and says so. */
export function answerCors(gate: Gate, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  response.setHeader('vary', 'origin');
  const isWelcome = origin !== undefined && gate.isWelcome(origin, request);
  if (isWelcome) response.setHeader('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
    return false;
  response.writeHead(isWelcome ? 204 : 403, isWelcome ? PREFLIGHT_HEADERS : {}).end();
  return true;
}
