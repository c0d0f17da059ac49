/** Answers that are not GraphQL's. */
import type { ServerResponse } from 'node:http';
import { isFault, type FaultCode } from '@sidetone/core';

const STATUSES: Partial<Record<FaultCode, number>> = {
  INPUT_INVALID: 400,
  WIRE_MALFORMED: 400,
  WEBHOOK_UNAUTHENTICATED: 401,
  REQUEST_FORBIDDEN: 403,
  STREAM_TOKEN_UNKNOWN: 404,
  WIRE_TOO_LARGE: 413,
  PROVIDER_NOT_RUNNING: 503,
  STORE_WRITE_FAILED: 503,
  DAEMON_DRAINING: 503,
  PROVIDER_TIMEOUT: 504,
};

/** The HTTP status of a failure: 500 for what nobody expected. */
export function statusOf(error: unknown): number {
  return (isFault(error) && STATUSES[error.code]) || 500;
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** A failure as an answer: what a fault says, or nothing but its status. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.end();
  const status = statusOf(error);
  const isTold = isFault(error) && status < 500;
  sendText(response, status, isTold ? `${error.code}: ${error.message}` : 'The daemon cannot take this now.');
}
