/** Responses other than those of GraphQL operations. */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isFault, type FailureCode, type FaultCode, type FaultError } from '@sidetone/core';
import { RAW_SECURITY_HEADERS } from './security-headers.ts';

/** The HTTP status of each failure of a command. */
const FAILURE_STATUSES = {
  CALL_NOT_FOUND: 404,
  CALL_NOT_LIVE: 409,
  CAPABILITY_MISSING: 409,
  IDEMPOTENCY_CONFLICT: 409,
  PROVIDER_RATE_LIMITED: 429,
  PROVIDER_REFUSED: 502,
  PROVIDER_UNREACHABLE: 502,
  PROVIDER_NOT_RUNNING: 503,
  DAEMON_DRAINING: 503,
  PROVIDER_TIMEOUT: 504,
} as const satisfies Record<FailureCode, number>;

const STATUSES: Partial<Record<FaultCode, number>> = {
  ...FAILURE_STATUSES,
  INPUT_INVALID: 400,
  CURSOR_INVALID: 400,
  WIRE_MALFORMED: 400,
  AUTH_REQUIRED: 401,
  WEBHOOK_UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  MEDIA_LINK_INVALID: 403,
  MEDIA_LINK_EXPIRED: 403,
  REQUEST_FORBIDDEN: 403,
  STREAM_TOKEN_UNKNOWN: 404,
  WIRE_TOO_SLOW: 408,
  WIRE_TOO_LARGE: 413,
  UPGRADE_REQUIRED: 426,
  LIMIT_CONNECTIONS: 429,
  LIMIT_EXCEEDED: 429,
  LIMIT_SIGN_INS: 429,
  PLUGIN_EVENT_FLOOD: 429,
  LIMIT_BODY_BYTES: 503,
  ENCODER_FAILED: 503,
  RECORDING_UNREADABLE: 503,
  STORE_WRITE_FAILED: 503,
  STORE_READ_FAILED: 503,
  STORE_BUSY: 503,
  STORE_DAMAGED: 503,
  STORE_IN_USE: 503,
  NODE_FENCED: 503,
  NOT_OWNER: 503,
  CLUSTER_UNREACHABLE: 503,
  CLUSTER_NODE_UNAVAILABLE: 503,
  CLUSTER_NODE_BUSY: 503,
  CLUSTER_REQUEST_EXPIRED: 503,
  CLUSTER_OUTCOME_UNKNOWN: 503,
  CLUSTER_MESSAGE_UNKNOWN: 503,
  STORE_FILE_MISSING: 503,
  STORE_UNREACHABLE: 503,
  STORE_ACCESS_DENIED: 503,
  STORE_DATABASE_MISSING: 503,
  STORE_SERVER_UNSUPPORTED: 503,
  STORE_READ_ONLY: 503,
  STORE_CONNECTIONS_EXHAUSTED: 503,
  STORE_TLS_FAILED: 503,
  STORE_CONFLICT: 503,
};

/** `Retry-After` of these statuses: the rate limit of events counts seconds; a failed write is retried within 5 s. */
const RETRY_AFTER_SECONDS: Partial<Record<number, string>> = { 429: '1', 503: '5' };

/** Returns the HTTP status of an error: 503 if the store fails, 500 if it is unexpected. */
export function statusOf(error: unknown): number {
  if (!isFault(error)) return 500;
  return STATUSES[error.code] ?? (error.kind === 'store' && error.retryable ? 503 : 500);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(value));
}

/** Sends an error as text: code and message below status 500, otherwise only the reason phrase of the status. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.end();
  const status = statusOf(error);
  const isPublic = isFault(error) && status < 500;
  setFailureHeaders(response, error);
  sendText(response, status, isPublic ? `${error.code}: ${error.message}` : STATUS_CODES[status]!);
}

/** Rejects a request before GraphQL handles it, in the format of a GraphQL error. */
export function sendGraphqlFailure(
  request: IncomingMessage,
  response: ServerResponse,
  fault: FaultError,
  status = statusOf(fault),
): void {
  setFailureHeaders(response, fault);
  const { code, message, remedy, details } = fault;
  const accepts = request.headers.accept ?? '';
  const type = /application\/graphql-response\+json/i.test(accepts) ? 'graphql-response+json' : 'json';
  response
    .writeHead(status, { 'content-type': `application/${type}; charset=utf-8` })
    .end(JSON.stringify({ errors: [{ message, extensions: { code, remedy, ...details } }] }));
}

/**
 * Sets the headers of an error response: `WWW-Authenticate` if an access token is missing or unknown, and `Retry-After` if the
 * client may retry. A client that fails to sign in too often needs a new connection for each attempt.
 */
export function setFailureHeaders(response: ServerResponse, error: unknown): void {
  if (!isFault(error)) return;
  const retryAfter = RETRY_AFTER_SECONDS[statusOf(error)];
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  if (error.code === 'AUTH_REQUIRED') response.setHeader('www-authenticate', 'Bearer');
  if (error.code === 'LIMIT_SIGN_INS') response.setHeader('connection', 'close');
}

/** Rejects a WebSocket handshake with an HTTP status, and closes the connection. */
export function rejectUpgrade(socket: Duplex, status: number): void {
  const retryAfter = RETRY_AFTER_SECONDS[status];
  const retryHeader = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Rejected'}\r\n${RAW_SECURITY_HEADERS}${retryHeader}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
