/** `/providers/{providerId}/...`: requests and sockets of providers. Events that a plugin emits are stored before the response is sent. */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  isFault,
  messageOf,
  providerId,
  type Clock,
  type IngressRequestHead,
  type Logger,
} from '@sidetone/core';
import type { Ingest } from '../calls/ingest.ts';
import { LogSampler } from '../log-sampler.ts';
import type { SupervisedProvider } from '../plugins/provider/supervised-provider.ts';
import { WsSocket } from '../plugins/sockets/ws-socket.ts';
import { rejectUpgrade, sendFailure, sendText, statusOf } from './reply.ts';
import type { RequestBodies } from './limits/request-bodies.ts';
import { withoutSecurityHeaders } from './security-headers.ts';
import { createSocketServer } from './socket-server.ts';

interface IngressEndpointDeps {
  readonly providers: { get(id: ReturnType<typeof providerId>): SupervisedProvider | undefined };
  readonly ingest: Pick<Ingest, 'committed'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly webhookBytes: number;
  readonly bodies: RequestBodies;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly socketMessageBytes: number;
}

export interface IngressEndpoint {
  request(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void;
  close(): void;
}

/** The size of a rejected body that is discarded, bytes: so that its sender receives the response. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

const PATH = /^\/providers\/([^/]+)\/(.*)$/;

export function createIngressEndpoint(deps: IngressEndpointDeps): IngressEndpoint {
  const { providers, ingest, clock, log } = deps;
  const rejections = new LogSampler({ log, clock });
  const sockets = createSocketServer({
    maxPayload: deps.socketMessageBytes,
  });

  function route(url: URL): { provider: SupervisedProvider; path: string } | undefined {
    const [, id, path] = PATH.exec(url.pathname) ?? [];
    const provider = id === undefined ? undefined : providers.get(providerId(id));
    return provider && path !== undefined ? { provider, path: decode(path) } : undefined;
  }

  async function request(incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const target = route(url);
    if (!target) return sendText(response, 404, 'unknown provider');
    const { provider } = target;
    const responseStatus = deferredStatus();
    try {
      const head = toIngressRequest(incoming, url, target.path, clock.now());
      const admission = provider.admitRequest(head);
      if (!admission.admit) {
        const { status } = admission;
        const fields = { provider: provider.id, status, address: deps.addressOf(incoming) };
        rejections.warn(`${provider.id} request ${status}`, 'provider request rejected', fields);
        rejectUnread(incoming, response);
        return sendText(response, status, STATUS_CODES[status]!);
      }
      const limit = Math.max(deps.webhookBytes, provider.maxBodyBytes);
      const body = await deps.bodies.read(incoming, response, { limit, limitName: 'limits.webhookBytes' });
      const answer = await provider.request({ ...head, body, responseStatus: responseStatus.promise });
      await ingest.committed();
      responseStatus.resolve(answer.status);
      response.writeHead(answer.status, withoutSecurityHeaders(answer.headers)).end(answer.body ?? '');
    } catch (error) {
      responseStatus.resolve(statusOf(error));
      const code = isFault(error) ? error.code : 'INTERNAL';
      const { id } = provider;
      rejections.warn(`${id} request ${code}`, 'provider request failed', {
        provider: id,
        code,
        reason: messageOf(error),
        address: deps.addressOf(incoming),
      });
      rejectUnread(incoming, response);
      sendFailure(response, error);
    }
  }

  function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void {
    const target = route(url);
    if (!target) return rejectUpgrade(socket, 404);
    const handshake = {
      ...toIngressRequest(incoming, url, target.path, clock.now()),
      body: new Uint8Array(),
      signal: NEVER,
    };
    const provider = target.provider.id;
    try {
      const admission = target.provider.admitSocket(handshake);
      if (!admission.admit) {
        const { status } = admission;
        rejections.warn(`${provider} socket ${status}`, 'provider WebSocket rejected', { provider, status });
        return rejectUpgrade(socket, status);
      }
    } catch (error) {
      const reason = messageOf(error);
      rejections.warn(`${provider} socket error`, 'provider WebSocket failed', { provider, reason });
      return rejectUpgrade(socket, statusOf(error));
    }
    sockets.handleUpgrade(incoming, socket, head, (ws) =>
      target.provider.socket(handshake, new WsSocket(ws)),
    );
  }

  function close(): void {
    for (const ws of sockets.clients) ws.terminate();
    sockets.close();
    rejections.close();
  }

  return { request, upgrade, close };
}

/** Ends a connection after its response unless the rest of the body is short enough to be discarded. */
function rejectUnread(incoming: IncomingMessage, response: ServerResponse): void {
  const length = Number(incoming.headers['content-length'] ?? Infinity);
  if (!incoming.complete && !response.headersSent && length > MAX_DISCARDED_BYTES)
    response.setHeader('connection', 'close');
  incoming.resume();
}

/** The signal of a socket's handshake. A socket has no deadline: its plugin ends it by closing the socket. */
const NEVER = new AbortController().signal;

function toIngressRequest(
  incoming: IncomingMessage,
  url: URL,
  path: string,
  receivedAt: number,
): IngressRequestHead {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return { method: incoming.method ?? 'GET', path, query: url.searchParams, headers, receivedAt };
}

/** The status of a response that is not decided yet. */
function deferredStatus(): { readonly promise: Promise<number>; resolve(status: number): void } {
  let resolve!: (status: number) => void;
  const promise = new Promise<number>((settle) => (resolve = settle));
  return { promise, resolve: (status) => resolve(status) };
}

/** Decodes a path. A path with invalid encoding is passed on unchanged, and matches no route of a plugin. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
