// Rejections: a status, the reason in `dg-error` and in the body, and a request id.

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpReply } from '../http/http-request.ts';
import type { DeepgramUpgradeBehaviour } from './behaviour.ts';

/** A rejected request. */
export interface Rejection {
  readonly status: number;
  readonly code: string;
  readonly reason: string;
}

/** Creates the rejection of an invalid parameter. */
export function invalidQuery(reason: string): Rejection {
  return { status: 400, code: 'INVALID_QUERY_PARAMETER', reason };
}

const KNOWN: Readonly<Record<number, Omit<Rejection, 'status'>>> = {
  400: { code: 'INVALID_QUERY_PARAMETER', reason: 'The query is not accepted.' },
  401: { code: 'INVALID_AUTH', reason: 'Invalid credentials.' },
  402: {
    code: 'ASR_PAYMENT_REQUIRED',
    reason: 'Project does not have enough credits for an ASR request and does not have an overage agreement.',
  },
  403: {
    code: 'INSUFFICIENT_PERMISSIONS',
    reason: 'Project does not have access to the requested model.',
  },
  429: { code: 'TOO_MANY_REQUESTS', reason: 'Too many requests. Please try again later' },
};

/** Returns the usual rejection with a status. */
export function rejectionOf(status: number): Rejection {
  const reason = STATUS_CODES[status] ?? 'Refused';
  return { status, ...(KNOWN[status] ?? { code: reason, reason }) };
}

type Shape = DeepgramUpgradeBehaviour['listenRefusalShape'] | 'flux';

const BODIES: { readonly [Kind in Shape]: (refusal: Rejection, requestId: string) => object | string } = {
  usual: ({ code, reason }, requestId) => ({ err_code: code, err_msg: reason, request_id: requestId }),
  category: ({ code, reason }, requestId) => ({
    category: code,
    message: reason,
    details: 'This is how some refusals look.',
    request_id: requestId,
  }),
  flux: ({ code, reason }) => ({ code, description: reason }),
  text: () => 'upstream connect error or disconnect/reset before headers',
  empty: () => '',
};

/** Returns a rejection as a response. A wrong method or path is answered in plain text. */
export function rejectionReply(refusal: Rejection, requestId: string, shape: Shape = 'usual'): HttpReply {
  const { status, reason } = refusal;
  const isPlain = shape === 'usual' && (status === 404 || status === 405);
  return {
    status,
    headers: shape === 'empty' ? {} : { 'dg-request-id': requestId, 'dg-error': reason },
    body: isPlain ? reason : BODIES[shape](refusal, requestId),
  };
}

/** Rejects an upgrade. */
export function rejectUpgrade(socket: Duplex, { status, headers = {}, body }: HttpReply): void {
  const isText = typeof body === 'string';
  const payload = isText ? body : JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    `Content-Type: ${isText ? 'text/plain' : 'application/json'}`,
    `Content-Length: ${Buffer.byteLength(payload)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${payload}`);
}
