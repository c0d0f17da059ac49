/** `/providers/{providerId}/...`: what providers send, handed to their plugin. What a plugin emits is stored before it answers. */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isFault, messageOf, providerId, type Clock, type IngressRequest, type Logger } from '@sidetone/core';
import { WebSocketServer } from 'ws';
import type { Ingest } from '../calls/ingest.ts';
import type { SupervisedProvider } from '../plugins/provider/supervised-provider.ts';
import { WsSocket } from '../plugins/sockets/ws-socket.ts';
import { readBody } from './body.ts';
import { sendFailure, sendText, statusOf } from './reply.ts';

export interface IngressEndpointDeps {
  readonly providers: { get(id: ReturnType<typeof providerId>): SupervisedProvider | undefined };
  readonly ingest: Pick<Ingest, 'committed'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly webhookBytes: number;
  readonly socketMessageBytes: number;
}

export interface IngressEndpoint {
  request(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void;
  close(): void;
}

const PATH = /^\/providers\/([^/]+)\/(.*)$/;

export function createIngressEndpoint(deps: IngressEndpointDeps): IngressEndpoint {
  const { providers, ingest, clock, log } = deps;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: deps.socketMessageBytes,
    perMessageDeflate: false,
  });

  function route(url: URL): { provider: SupervisedProvider; path: string } | undefined {
    const [, id, path] = PATH.exec(url.pathname) ?? [];
    const provider = id === undefined ? undefined : providers.get(providerId(id));
    return provider && path !== undefined ? { provider, path: decode(path) } : undefined;
  }

  async function request(incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const target = route(url);
    if (!target) return sendText(response, 404, 'There is no such provider.');
    try {
      const body = await readBody(incoming, deps.webhookBytes, 'limits.webhookBytes');
      const answer = await target.provider.request({
        ...describe(incoming, url, target.path, clock.now()),
        body,
      });
      await ingest.committed();
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    } catch (error) {
      const code = isFault(error) ? error.code : 'INTERNAL';
      log.warn('a request to a provider was not taken', {
        provider: target.provider.id,
        code,
        reason: messageOf(error),
      });
      sendFailure(response, error);
      incoming.resume();
    }
  }

  function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void {
    const target = route(url);
    if (!target) return refuse(socket, 404);
    const described = {
      ...describe(incoming, url, target.path, clock.now()),
      body: new Uint8Array(),
      signal: NEVER,
    };
    try {
      const admission = target.provider.admitSocket(described);
      if (!admission.admit) {
        log.warn('a socket was refused', { provider: target.provider.id, status: admission.status });
        return refuse(socket, admission.status);
      }
    } catch (error) {
      log.warn('a socket was not taken', { provider: target.provider.id, reason: messageOf(error) });
      return refuse(socket, statusOf(error));
    }
    sockets.handleUpgrade(incoming, socket, head, (ws) =>
      target.provider.socket(described, new WsSocket(ws)),
    );
  }

  function close(): void {
    for (const ws of sockets.clients) ws.terminate();
    sockets.close();
  }

  return { request, upgrade, close };
}

/** A socket's request outlives any deadline: its plugin ends it by closing the socket. */
const NEVER = new AbortController().signal;

function describe(
  incoming: IncomingMessage,
  url: URL,
  path: string,
  receivedAt: number,
): Omit<IngressRequest, 'body' | 'signal'> {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return { method: incoming.method ?? 'GET', path, query: url.searchParams, headers, receivedAt };
}

/** A path that is not well encoded is taken as it stands: no plugin knows it. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Answers an upgrade with a status, and ends the connection. */
export function refuse(socket: Duplex, status: number): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
