// The two requests that check a key without sending audio.

import { randomUUID } from 'node:crypto';
import type { HttpReply, HttpRequest } from '../http/http-request.ts';
import { hasApiKey } from './connection/upgrade-handler.ts';
import { rejectionOf, rejectionReply } from './rejection.ts';

const PROJECT_ID = '3f1c9a52-7e0b-4d86-9b1a-5c2d8e6f4a70';

const ANSWERS: Readonly<Record<string, object>> = {
  '/v1/auth/token': {
    api_key_id: '8b2e6d14-0c9f-4a37-b5d8-1e7f3a9c6042',
    scopes: ['member'],
    created: '2026-01-01T00:00:00.000Z',
  },
  '/v1/projects': { projects: [{ project_id: PROJECT_ID, name: 'Demonstration' }] },
};

/** Handles a REST request. `path` is relative to the base path. */
export function handleRest(request: HttpRequest, path: string, apiKey: string): HttpReply {
  const requestId = randomUUID();
  const body = request.method === 'GET' && Object.hasOwn(ANSWERS, path) ? ANSWERS[path] : undefined;
  if (body === undefined) return rejectionReply(rejectionOf(404), requestId);
  if (!hasApiKey(request, apiKey)) return rejectionReply(rejectionOf(401), requestId);
  return { status: 200, headers: { 'dg-request-id': requestId }, body };
}
