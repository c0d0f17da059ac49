import { randomUUID, timingSafeEqual } from 'node:crypto';
import { jsonObject } from '../http/http-request.ts';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import type { VobizCall } from './call.ts';
import { utcTime } from './forms.ts';

/** The longest text that can be spoken by one request. */
export const MAX_SPEAK_CHARACTERS = 500;

/** The account whose keys are asked for. */
export interface Account {
  readonly authId: string;
  readonly authToken: string;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  answer(request: HttpRequest, calls: readonly VobizCall[], uuid: string): HttpReply;
}

const CALL = '/Call/([0-9a-f-]+)/';

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/Call\/()$/,
    answer({ query }, calls) {
      const status = query.get('status');
      if (status !== 'live' && status !== 'queued') return failure(400, 'status must be live or queued');
      const found = calls.filter(({ queued, record }) =>
        status === 'queued' ? queued : !queued && record.endedAt === undefined,
      );
      return success(200, { calls: found.map(({ id }) => id) });
    },
  },
  {
    method: 'GET',
    path: new RegExp(`^${CALL}$`),
    answer({ query }, calls, uuid) {
      if (query.get('status') !== 'live') return failure(400, 'status must be live');
      const call = live(calls, uuid);
      return call === undefined ? notFound() : success(200, describe(call));
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${CALL}$`),
    answer(_, calls, uuid) {
      const call = live(calls, uuid);
      if (call === undefined) return notFound();
      call.endByApi();
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    path: new RegExp(`^${CALL}Speak/$`),
    answer({ body }, calls, uuid) {
      const { text, legs = 'aleg' } = jsonObject(body) ?? {};
      if (typeof text !== 'string' || text.trim() === '') return failure(400, 'text is required');
      if (text.length > MAX_SPEAK_CHARACTERS)
        return failure(400, `text is longer than ${MAX_SPEAK_CHARACTERS}`);
      if (legs !== 'aleg' && legs !== 'bleg' && legs !== 'both') return failure(400, 'legs is invalid');
      const call = live(calls, uuid);
      if (call === undefined) return notFound();
      return call.speak(text, legs)
        ? success(202, { message: 'speak started' })
        : failure(429, 'too much to speak');
    },
  },
  {
    method: 'DELETE',
    path: new RegExp(`^${CALL}Speak/$`),
    answer(_, calls, uuid) {
      const call = live(calls, uuid);
      if (call === undefined) return notFound();
      call.stopSpeaking();
      return { status: 204 };
    },
  },
];

/**
 * Answers a request to the REST API. `path` comes without the base's own path. Paths are case-sensitive: one that is
 * right but for its case is refused like wrong keys, and one without its last slash does not exist.
 */
export function answerRest(
  request: HttpRequest,
  path: string,
  account: Account,
  calls: readonly VobizCall[],
): HttpReply {
  const wrongCase = /^\/account\//i.test(path) && !path.startsWith('/Account/');
  if (wrongCase || !authorised(request, account)) return failure(401, 'authentication failed');
  if (request.method === 'GET' && path === '/auth/me') {
    return success(200, { auth_id: account.authId, name: 'Simulated account', account_type: 'standard' });
  }
  const [, authId, rest = ''] = /^\/Account\/([^/]+)(\/.*)$/.exec(path) ?? [];
  if (authId !== undefined && authId !== account.authId) return failure(401, 'authentication failed');
  for (const route of ROUTES) {
    const match = request.method === route.method ? route.path.exec(rest) : null;
    if (authId !== undefined && match !== null) return route.answer(request, calls, match[1] ?? '');
  }
  const isLowerCase = ROUTES.some(({ path: known }) => new RegExp(known.source, 'i').test(rest));
  if (authId !== undefined && isLowerCase && !ROUTES.some(({ path: known }) => known.test(rest))) {
    return failure(401, 'authentication failed');
  }
  return { status: 404, body: { message: 'Not Found' } };
}

function authorised({ headers }: HttpRequest, { authId, authToken }: Account): boolean {
  const token = Buffer.from(String(headers['x-auth-token'] ?? ''));
  const expected = Buffer.from(authToken);
  return (
    headers['x-auth-id'] === authId && token.length === expected.length && timingSafeEqual(token, expected)
  );
}

function live(calls: readonly VobizCall[], uuid: string): VobizCall | undefined {
  return calls.find(({ id, record }) => id === uuid && record.endedAt === undefined);
}

function describe({ record }: VobizCall): Record<string, unknown> {
  return {
    call_uuid: record.id,
    call_status: record.status,
    direction: 'inbound',
    from: record.from.replace(/^\+/, ''),
    to: record.to.replace(/^\+/, ''),
    caller_name: '',
    request_uuid: record.id,
    session_start: utcTime(record.createdAt),
    stir_attestation: '',
    stir_verification: 'Not Applicable',
  };
}

function success(status: number, fields: Readonly<Record<string, unknown>>): HttpReply {
  return { status, body: { api_id: randomUUID(), ...fields } };
}

function failure(status: number, error: string): HttpReply {
  return success(status, { error });
}

function notFound(): HttpReply {
  return failure(404, 'call not found');
}
