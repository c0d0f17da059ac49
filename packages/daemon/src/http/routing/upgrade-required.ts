/** Answers requests that should have opened a WebSocket. Usually a proxy removed the headers of the handshake. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FaultError } from '@sidetone/core';
import type { Entrance } from '../../access/failed-sign-ins.ts';
import { LISTEN_PATH } from '../listen.ts';
import type { Rejections } from '../rejections.ts';
import { sendFailure, sendGraphqlFailure } from '../reply.ts';

/** A handshake without its `Upgrade` still has these: they are not hop-by-hop. */
const HANDSHAKE_HEADERS = ['sec-websocket-key', 'sec-websocket-version'] as const;

function entranceOf(path: string): Entrance | undefined {
  if (LISTEN_PATH.test(path)) return 'LISTEN';
  if (path === '/graphql') return 'GRAPHQL_SOCKET';
  return path.startsWith('/providers/') ? 'PROVIDER_SOCKET' : undefined;
}

/** Returns whether a request is the handshake of a WebSocket, or for a path that has nothing else, but is not an upgrade. */
export function isUpgradeMissing(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  path: string,
): boolean {
  const entrance = method === 'GET' ? entranceOf(path) : undefined;
  if (entrance === undefined) return false;
  return entrance === 'LISTEN' || HANDSHAKE_HEADERS.some((name) => headers[name] !== undefined);
}

export function sendUpgradeRequired(
  { rejections }: { readonly rejections: Pick<Rejections, 'report'> },
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const isHandshake = HANDSHAKE_HEADERS.some((name) => request.headers[name] !== undefined);
  const message = isHandshake
    ? 'the handshake of a WebSocket arrived without the header Upgrade: a proxy removed it'
    : 'expected the handshake of a WebSocket; a proxy may have removed its headers';
  const fault = new FaultError('UPGRADE_REQUIRED', message);
  rejections.report(request, entranceOf(path) ?? 'PAGE', fault);
  response.setHeader('upgrade', 'websocket');
  response.setHeader('connection', 'upgrade');
  if (path === '/graphql') sendGraphqlFailure(request, response, fault);
  else sendFailure(response, fault);
}
