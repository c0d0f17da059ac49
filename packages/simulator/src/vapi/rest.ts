import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { VapiCall } from './call.ts';

/** The most calls that a list gives, and how many it gives when nobody says. */
const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 100;

type Bound = (value: number, limit: number) => boolean;

const BOUNDS: Readonly<Record<string, Bound>> = {
  Gt: (value, limit) => value > limit,
  Lt: (value, limit) => value < limit,
  Ge: (value, limit) => value >= limit,
  Le: (value, limit) => value <= limit,
};

/** Answers a request to the REST API. `path` comes without the base's own path. */
export function answerRest(
  request: HttpRequest,
  path: string,
  apiKey: string,
  calls: readonly VapiCall[],
): HttpReply {
  if (request.headers['user-agent'] === undefined) return { status: 403, body: 'error code: 1010' };
  if (request.headers.authorization !== `Bearer ${apiKey}`) {
    return refusal(
      401,
      'Unauthorized',
      'Invalid key: the public key may have been used where the private one is needed.',
    );
  }
  if (request.method === 'GET' && path === '/call') return list(request.query, calls);
  const id = /^\/call\/([^/]+)$/.exec(path)?.[1];
  if (request.method === 'GET' && id !== undefined) {
    const call = calls.find((candidate) => candidate.id === id);
    return call === undefined
      ? refusal(404, 'Not Found', 'Call not found')
      : { status: 200, body: call.describe() };
  }
  return refusal(404, 'Not Found', `Cannot ${request.method} ${path}`);
}

function list(query: URLSearchParams, calls: readonly VapiCall[]): HttpReply {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
    return refusal(400, 'Bad Request', [`limit must be a whole number from 0 to ${MAX_LIMIT}`]);
  }
  let found = calls.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  for (const field of ['createdAt', 'updatedAt'] as const) {
    for (const [suffix, holds] of Object.entries(BOUNDS)) {
      const text = query.get(`${field}${suffix}`);
      if (text === null) continue;
      const instant = Date.parse(text);
      if (Number.isNaN(instant)) {
        return refusal(400, 'Bad Request', [`${field}${suffix} must be a valid ISO 8601 date string`]);
      }
      found = found.filter((call) => holds(call[field], instant));
    }
  }
  const id = query.get('id');
  if (id !== null) found = found.filter((call) => call.id === id);
  return { status: 200, body: found.slice(0, limit).map((call) => call.describe()) };
}

function refusal(statusCode: number, error: string, message: string | string[]): HttpReply {
  return { status: statusCode, body: { message, error, statusCode } };
}
