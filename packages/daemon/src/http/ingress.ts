/** `/providers/{providerId}/...`: requests and sockets of providers. Events that a plugin emits are stored before the response is sent. */
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  FaultError,
  isFault,
  messageOf,
  providerId,
  type Admission,
  type Clock,
  type IngressRequestHead,
  type LogFields,
  type Logger,
} from '@sidetone/core';
import type { Ingest } from '../calls/ingest.ts';
import { networkOf } from '../access/addresses.ts';
import { beginWork } from '../loop/current-work.ts';
import { LogSampler } from '../log-sampler.ts';
import type { SupervisedProvider } from '../plugins/provider/supervised-provider.ts';
import {
  SWITCHING_PROTOCOLS,
  type OpenRequest,
  type RequestKind,
} from '../plugins/requests/recent-requests.ts';
import { countOutcome, outcomeOf, type WebhookOutcome } from '../plugins/requests/webhook-outcome.ts';
import { safeReason } from '../plugins/requests/safe-text.ts';
import { WsSocket } from '../plugins/sockets/ws-socket.ts';
import { pathOf, type Rejections } from './rejections.ts';
import type { RequestTarget } from './routing/request-target.ts';
import { rejectUpgrade, sendFailure, sendText, statusOf } from './reply.ts';
import type { RequestBodies } from './limits/request-bodies.ts';
import { withoutSecurityHeaders } from './security-headers.ts';
import { createSocketServer } from './socket-server.ts';
import type { Tracing, WebhookSpan } from '../tracing/tracing.ts';
import type { NowOrLater } from '../now-or-later.ts';

interface IngressEndpointDeps {
  readonly providers: { get(id: ReturnType<typeof providerId>): SupervisedProvider | undefined };
  readonly ingest: Pick<Ingest, 'acceptance'>;
  /** Undefined if there are no traces. */
  readonly tracing?: Pick<Tracing, 'webhook'> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly webhookBytes: number;
  readonly bodies: RequestBodies;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly rejections: Pick<Rejections, 'limit'>;
  readonly socketMessageBytes: number;
  /** Returns the public URL of a request, from its path and query below the base path. */
  readonly requestedUrl: (original: string) => URL;
}

export interface IngressEndpoint {
  request(request: IncomingMessage, response: ServerResponse, target: RequestTarget): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: RequestTarget): void;
  close(): void;
}

/** The size of a rejected body that is discarded, bytes: so that its sender receives the response. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

const REJECTED = {
  WEBHOOK: { what: 'request', message: 'provider request rejected', code: 'WEBHOOK_UNAUTHENTICATED' },
  PROVIDER_SOCKET: { what: 'socket', message: 'provider WebSocket rejected', code: 'STREAM_TOKEN_UNKNOWN' },
} as const;

/** Statuses of plugins that are logged: the credential or the address of a webhook is wrong. */
const REJECTED_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 405]);

const PATH = /^\/providers\/([^/]+)\/(.*)$/;

export function createIngressEndpoint(deps: IngressEndpointDeps): IngressEndpoint {
  const { providers, ingest, rejections } = deps;
  const log = createSenderLog(deps);
  const reject = createReject(deps, log);
  const sockets = createSocketServer({
    maxPayload: deps.socketMessageBytes,
  });

  function route(url: URL): { provider: SupervisedProvider; path: string } | undefined {
    const [, id, path] = PATH.exec(url.pathname) ?? [];
    const provider = id === undefined ? undefined : providers.get(providerId(id));
    return provider && path !== undefined ? { provider, path: decode(path) } : undefined;
  }

  async function request(
    incoming: IncomingMessage,
    response: ServerResponse,
    target: RequestTarget,
  ): Promise<void> {
    const destination = route(target.url);
    if (!destination) {
      log.warn(incoming, 'unknown provider', 'provider request rejected', {
        status: 404,
        reason: 'no provider with the id in the path is configured',
      });
      return sendText(response, 404, 'unknown provider');
    }
    const { provider } = destination;
    const span = deps.tracing?.webhook(
      provider.id,
      incoming.method ?? 'GET',
      incoming.headers['traceparent'],
    );
    const open = endingWith(span, begin(provider, incoming, 'REQUEST'));
    const responseStatus = deferredStatus();
    try {
      const head = toIngressRequest(incoming, target, destination.path, deps);
      const admission = await provider.admitRequest(head);
      if (!admission.admit) {
        const { status } = admission;
        const limited = reject(incoming, 'WEBHOOK', provider, status, open);
        rejectUnread(incoming, response);
        return limited ? sendFailure(response, limited) : sendText(response, status, STATUS_CODES[status]!);
      }
      const limit = Math.max(deps.webhookBytes, provider.maxBodyBytes);
      const body = await deps.bodies.read(incoming, response, { limit, limitName: 'limits.webhookBytes' });
      open.body(body, incoming.headers['content-type']);
      beginWork(`webhook ${provider.id}`, provider.id);
      const received = { ...head, body, responseStatus: responseStatus.promise };
      const acceptance = ingest.acceptance();
      const handle = () => provider.request(received, acceptance);
      const answer = await (span ? span.run(handle) : handle());
      await acceptance.stored();
      responseStatus.resolve(answer.status);
      const limited = REJECTED_STATUSES.has(answer.status)
        ? reject(incoming, 'WEBHOOK', provider, answer.status, open)
        : undefined;
      if (!REJECTED_STATUSES.has(answer.status)) settle(provider, open, answer.status);
      if (limited) return sendFailure(response, limited);
      response.writeHead(answer.status, withoutSecurityHeaders(answer.headers)).end(answer.body ?? '');
    } catch (error) {
      responseStatus.resolve(statusOf(error));
      settle(provider, open, statusOf(error), error);
      const code = isFault(error) ? error.code : 'INTERNAL';
      const { id } = provider;
      log.warn(incoming, `${id} request ${code}`, 'provider request failed', {
        provider: id,
        code,
        reason: messageOf(error),
      });
      rejectUnread(incoming, response);
      sendFailure(response, rejections.limit(incoming, 'WEBHOOK', error));
    }
  }

  function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, target: RequestTarget): void {
    const destination = route(target.url);
    if (!destination) {
      log.warn(incoming, 'unknown provider', 'provider WebSocket rejected', { status: 404 });
      return rejectUpgrade(socket, 404);
    }
    const handshake = {
      ...toIngressRequest(incoming, target, destination.path, deps),
      body: new Uint8Array(),
      signal: NEVER,
    };
    const { provider } = destination;
    const open = begin(provider, incoming, 'SOCKET');
    const fail = (error: unknown): void => {
      const reason = messageOf(error);
      open.end({ status: statusOf(error), code: isFault(error) ? error.code : 'INTERNAL', reason });
      log.warn(incoming, `${provider.id} socket error`, 'provider WebSocket failed', {
        provider: provider.id,
        reason,
      });
      rejectUpgrade(socket, statusOf(rejections.limit(incoming, 'PROVIDER_SOCKET', error)));
    };
    const decide = (admission: Admission): void => {
      if (!admission.admit) {
        const { status } = admission;
        const limited = reject(incoming, 'PROVIDER_SOCKET', provider, status, open);
        return rejectUpgrade(socket, limited ? statusOf(limited) : status);
      }
      sockets.handleUpgrade(incoming, socket, head, (ws) => {
        open.end({ status: SWITCHING_PROTOCOLS });
        ws.once('close', (closeCode) => open.end({ closeCode, bytes: incoming.socket.bytesRead }));
        provider.socket(handshake, new WsSocket(ws));
      });
    };
    whenDecided(() => provider.admitSocket(handshake), { socket, decide, fail });
  }

  function close(): void {
    for (const ws of sockets.clients) ws.terminate();
    sockets.close();
    log.close();
  }

  return { request, upgrade, close };
}

/**
 * Returns a function that logs and counts that a plugin rejected a request. It returns an error if the sender presents a wrong
 * credential too often.
 */
function createReject(
  { rejections }: Pick<IngressEndpointDeps, 'rejections'>,
  log: ReturnType<typeof createSenderLog>,
) {
  return function reject(
    incoming: IncomingMessage,
    entrance: 'WEBHOOK' | 'PROVIDER_SOCKET',
    provider: SupervisedProvider,
    status: number,
    open: OpenRequest,
  ): FaultError | undefined {
    const { what, message, code } = REJECTED[entrance];
    if (entrance === 'WEBHOOK') settle(provider, open, status);
    else open.end({ status, code, reason: `status ${status}` });
    log.warn(incoming, `${provider.id} ${what} ${status}`, message, { provider: provider.id, status });
    // The URL of a socket is its credential.
    const isWrong = status === 401 || status === 403 || (entrance === 'PROVIDER_SOCKET' && status === 404);
    if (!isWrong) return undefined;
    const error = new FaultError(code, message);
    const limited = rejections.limit(incoming, entrance, error);
    return limited === error ? undefined : limited;
  };
}

/** Counts a webhook, and records its result. */
function settle({ traffic }: SupervisedProvider, open: OpenRequest, status: number, error?: unknown): void {
  const { result, ...failure } = outcomeOf(status, error);
  countOutcome(traffic, { result, ...failure } as WebhookOutcome);
  open.end({ status, ...failure });
}

/** Ends a connection after its response unless the rest of the body is short enough to be discarded. */
function rejectUnread(incoming: IncomingMessage, response: ServerResponse): void {
  const length = Number(incoming.headers['content-length'] ?? Infinity);
  if (!incoming.complete && !response.headersSent && length > MAX_DISCARDED_BYTES)
    response.setHeader('connection', 'close');
  incoming.resume();
}

const begin = (
  { recentRequests }: SupervisedProvider,
  incoming: IncomingMessage,
  kind: RequestKind,
): OpenRequest =>
  recentRequests.begin({
    direction: 'RECEIVED',
    kind,
    method: incoming.method ?? 'GET',
    path: safeReason(pathOf(incoming)),
  });

/** Returns a request that also ends its span. */
function endingWith(span: WebhookSpan | undefined, open: OpenRequest): OpenRequest {
  if (!span) return open;
  return {
    body: (...body) => open.body(...body),
    end(result) {
      span.end(result);
      open.end(result);
    },
  };
}

interface Undecided {
  readonly socket: Duplex;
  readonly decide: (admission: Admission) => void;
  readonly fail: (error: unknown) => void;
}

/** Decides about a handshake: at once, unless the plugin runs in a thread. */
function whenDecided(ask: () => NowOrLater<Admission>, { socket, decide, fail }: Undecided): void {
  try {
    const admission = ask();
    if (!(admission instanceof Promise)) return decide(admission);
    admission.then(decide).catch(fail).finally(guardUndecided(socket));
  } catch (error) {
    fail(error);
  }
}

/** Keeps an error of a connection whose handshake is not decided from being uncaught. Returns a function that ends that. */
function guardUndecided(socket: Duplex): () => void {
  const ignore = (): void => undefined;
  socket.on('error', ignore);
  return () => void socket.off('error', ignore);
}

/** The signal of a socket's handshake. A socket has no deadline: its plugin ends it by closing the socket. */
const NEVER = new AbortController().signal;

function toIngressRequest(
  incoming: IncomingMessage,
  { url, original }: RequestTarget,
  path: string,
  { clock, requestedUrl }: IngressEndpointDeps,
): IngressRequestHead {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path,
    query: url.searchParams,
    headers,
    receivedAt: clock.now(),
    requestedUrl: requestedUrl(original),
  };
}

/** A log of requests that were rejected, sampled for each sender. */
function createSenderLog({ clock, log, addressOf }: IngressEndpointDeps) {
  const sampler = new LogSampler({ log, clock });
  return {
    warn(incoming: IncomingMessage, kind: string, message: string, fields: LogFields): void {
      const address = addressOf(incoming);
      sampler.warn(`${kind} ${networkOf(address)}`, message, { ...fields, address, path: pathOf(incoming) });
    },
    close: () => sampler.close(),
  };
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
