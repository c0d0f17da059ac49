import { timingSafeEqual } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../../http/http-request.ts';
import { APPLICATION_ROUTES } from './applications.ts';
import { CALL_ROUTES } from './calls.ts';
import { CDR_ROUTES } from './cdr.ts';
import { CONFERENCE_ROUTES } from './conferences.ts';
import { MEDIA_ROUTES } from './media.ts';
import { failure, NO_ROUTE, success } from './replies.ts';
import type { Account, RestCloud, Route } from './replies.ts';
import { STREAM_ROUTES } from './streams.ts';

const ROUTES: readonly Route[] = [
  ...CALL_ROUTES,
  ...MEDIA_ROUTES,
  ...STREAM_ROUTES,
  ...CONFERENCE_ROUTES,
  ...CDR_ROUTES,
  ...APPLICATION_ROUTES,
];

/**
 * Handles a REST request. `path` is relative to the base path. Paths are case-sensitive: wrong case is rejected like a
 * wrong key, and a missing trailing slash is not found.
 */
export function handleRest(request: HttpRequest, path: string, cloud: RestCloud): HttpReply {
  const { account } = cloud;
  const wrongCase = /^\/account\//i.test(path) && !path.startsWith('/Account/');
  if (wrongCase || !isAuthorised(request, account)) return failure(401, 'authentication failed');
  if (request.method === 'GET' && path === '/auth/me') {
    return success(200, { auth_id: account.authId, name: 'Simulated account', account_type: 'standard' });
  }
  const [, authId, rest = ''] = /^\/Account\/([^/]+)(\/.*)$/.exec(path) ?? [];
  if (authId !== undefined && authId !== account.authId) return failure(401, 'authentication failed');
  for (const route of ROUTES) {
    const match = request.method === route.method ? route.path.exec(rest) : null;
    if (authId !== undefined && match !== null) return route.answer(request, cloud, match.slice(1));
  }
  const isLowerCase = ROUTES.some(({ path: known }) => new RegExp(known.source, 'i').test(rest));
  if (authId !== undefined && isLowerCase && !ROUTES.some(({ path: known }) => known.test(rest))) {
    return failure(401, 'authentication failed');
  }
  return NO_ROUTE;
}

function isAuthorised({ headers }: HttpRequest, { authId, authToken }: Account): boolean {
  const token = Buffer.from(String(headers['x-auth-token'] ?? ''));
  const expected = Buffer.from(authToken);
  return (
    headers['x-auth-id'] === authId && token.length === expected.length && timingSafeEqual(token, expected)
  );
}
