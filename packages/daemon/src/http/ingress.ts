/** `/providers/{providerId}/...`: requests and sockets of providers. Events that a plugin emits are stored before the response is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isFault, messageOf, providerId, type Clock, type IngressRequest, type Logger } from '@sidetone/core';
import type { Ingest } from '../calls/ingest.ts';
import { LogSampler } from '../log-sampler.ts';
import type { SupervisedProvider } from '../plugins/provider/supervised-provider.ts';
import { WsSocket } from '../plugins/sockets/ws-socket.ts';
import { readBody } from './body.ts';
import { rejectUpgrade, sendFailure, sendText, statusOf } from './reply.ts';
import { withoutSecurityHeaders } from './security-headers.ts';
import { createSocketServer } from './socket-server.ts';

interface IngressEndpointDeps {
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
    const responseStatus = deferredStatus();
    try {
      const body = await readBody(incoming, deps.webhookBytes, 'limits.webhookBytes');
      const answer = await target.provider.request({
        ...toIngressRequest(incoming, url, target.path, clock.now()),
        body,
        responseStatus: responseStatus.promise,
      });
      await ingest.committed();
      responseStatus.resolve(answer.status);
      response.writeHead(answer.status, withoutSecurityHeaders(answer.headers)).end(answer.body ?? '');
    } catch (error) {
      responseStatus.resolve(statusOf(error));
      const code = isFault(error) ? error.code : 'INTERNAL';
      const { id } = target.provider;
      rejections.warn(`${id} request ${code}`, 'provider request failed', {
        provider: id,
        code,
        reason: messageOf(error),
      });
      sendFailure(response, error);
      incoming.resume();
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

/** The signal of a socket's handshake. A socket has no deadline: its plugin ends it by closing the socket. */
const NEVER = new AbortController().signal;

function toIngressRequest(
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
