/** The HTTP server of the daemon: routing, timeouts and shutdown. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf, type Logger } from '@sidetone/core';
import { getOwn } from '@sidetone/plugin-kit';
import { CONTROL_PATH, type ControlEndpoint } from './control-endpoint.ts';
import { handleCors } from './cors.ts';
import type { Dashboard } from './dashboard.ts';
import type { Connections } from './limits/connections.ts';
import type { ExportEndpoint } from './export/endpoint.ts';
import { isExportPath } from './export/request.ts';
import type { Gate } from './gate.ts';
import { GRAPHIQL_ASSETS, isForGraphiql, type Graphiql } from './graphiql.ts';
import type { GraphqlEndpoint } from './graphql-endpoint.ts';
import type { IngressEndpoint } from './ingress.ts';
import { LISTEN_PATH, type ListenEndpoint } from './listen.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { METRICS_PATH, type MetricsEndpoint } from './health/metrics-endpoint.ts';
import type { ReadinessEndpoint } from './health/readiness-endpoint.ts';
import { RECORDING_PATH, type RecordingEndpoint } from './recordings/endpoint.ts';
import { listen } from './listening-port.ts';
import type { Rejections } from './rejections.ts';
import { targetOf } from './routing/request-target.ts';
import { isUpgradeMissing, sendUpgradeRequired } from './routing/upgrade-required.ts';
import { rejectUpgrade, sendFailure, sendText, statusOf } from './reply.ts';
import { RequestQueue } from './limits/request-queue.ts';
import { WebSocketRequest } from './routing/web-socket-requests.ts';
import { setSecurityHeaders } from './security-headers.ts';

interface HttpServerDeps {
  readonly graphql: GraphqlEndpoint;
  readonly ingress: IngressEndpoint;
  readonly control: ControlEndpoint;
  readonly listen: ListenEndpoint;
  readonly recording: RecordingEndpoint;
  readonly exports: ExportEndpoint;
  readonly dashboard: Dashboard;
  readonly graphiql: Graphiql;
  readonly gate: Gate;
  readonly connections: Connections;
  readonly rejections: Rejections;
  readonly readiness: ReadinessEndpoint;
  readonly metrics: MetricsEndpoint;
  /** Undefined if there are no traces. */
  readonly tracing?: Pick<Tracing, 'clientRequest'> | undefined;
  /** The path of the public URL, which proxies may keep or remove. */
  readonly basePath: string;
  /** How long a connection without a request stays open, ms. */
  readonly keepAliveMs: number;
  /** Replaces the time limits of requests, ms; for tests. */
  readonly timeouts?: { readonly headersTimeout?: number; readonly requestTimeout?: number };
  readonly log: Logger;
}

export interface HttpServer {
  /** Returns the URL of the server. @throws {FaultError} PORT_IN_USE, or CONFIG_INVALID if the host cannot be bound. */
  listen(host: string, port: number): Promise<URL>;
  /** Closes the WebSockets of GraphQL clients and rejects new ones: other daemons serve them. */
  disconnectClients(): void;
  /** Stops accepting connections and closes open ones. Resolves when the port is free. */
  close(): Promise<void>;
}

/** The time limits for the headers and for the whole request, ms. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often these limits are checked, ms. The default of Node.js, 30 s, would extend them by as much. */
const TIMEOUT_CHECK_MS = 1000;
/** How long open connections may continue after `close` before they are terminated, ms. */
const CLOSE_TIMEOUT_MS = 2000;
/** How often connections are closed, after `close`, whose last response has ended since, ms. */
const CLOSE_IDLE_MS = 20;

export function createHttpServer(deps: HttpServerDeps): HttpServer {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...deps.timeouts,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    keepAliveTimeout: deps.keepAliveMs,
    IncomingMessage: WebSocketRequest,
    // Checked below: the response of Node.js has none of our headers.
    requireHostHeader: false,
  });
  const requests = new RequestQueue(
    (request, response) => handle(deps, request, response),
    (request) => deps.rejections.warn(request, 'too many pipelined requests, connection closed'),
  );
  deps.connections.watch(server);
  server.on('request', (request, response) => requests.add(request, response));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    requests.add(request, response),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    rejectMalformed(error, socket, requests.current(socket), deps),
  );
  server.on('upgrade', (request, socket, head) => {
    if (requests.current(socket)) socket.destroy();
    else upgrade(deps, request, socket, head);
  });

  return {
    async listen(host, port) {
      await deps.graphql.warmUp();
      return listen(server, host, port);
    },
    disconnectClients: () => deps.graphql.disconnectAll(),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await deps.graphql.close();
      deps.ingress.close();
      deps.listen.close();
      const closeIdle = (): void => {
        server.closeIdleConnections();
        // To Node.js, a connection without a request is not idle. Browsers open some in advance.
        deps.connections.closeUnused();
      };
      closeIdle();
      // A response may end after that.
      const closing = setInterval(closeIdle, CLOSE_IDLE_MS).unref();
      const terminate = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS).unref();
      await closed;
      clearTimeout(terminate);
      clearInterval(closing);
      deps.connections.close();
      deps.rejections.close();
    },
  };
}

function handle(deps: HttpServerDeps, request: IncomingMessage, response: ServerResponse): void {
  setSecurityHeaders(response);
  const target = targetOf(request, deps.basePath);
  if (!target) return sendText(response, 400, 'invalid URL, or not exactly one Host header');
  const { url } = target;
  request.url = target.routed;
  if (request.headers.expect !== undefined && !/^100-continue$/i.test(request.headers.expect))
    return sendText(response, 417, 'expected the header Expect: 100-continue, or none');
  deps.connections.assign(request, deps.gate.networkOf(request));
  try {
    deps.gate.checkSite(request, isPage(deps, request, url.pathname));
  } catch (error) {
    return sendFailure(response, deps.rejections.report(request, 'PAGE', error));
  }
  if (target.canonical !== undefined && isPage(deps, request, url.pathname))
    return void response.writeHead(308, { location: target.canonical }).end();
  if (isUpgradeMissing(request, url.pathname))
    return sendUpgradeRequired(deps, request, response, url.pathname);
  if (url.pathname.startsWith('/providers/')) return void deps.ingress.request(request, response, target);
  const hasCors = url.pathname === '/graphql' || /^\/(calls|export)\//.test(url.pathname);
  if (hasCors && handleCors(deps.gate, request, response)) return;
  if (url.pathname === '/graphql')
    return traced(deps, request, response, () => void deps.graphql.request(request, response));
  if (CONTROL_PATH.test(url.pathname))
    return traced(deps, request, response, () => void deps.control.request(request, response, url));
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    deps.rejections.warn(request, 'request to an unknown path rejected', { method: request.method });
    return sendText(response, 405, 'expected the method GET; webhooks are at /providers/{id}/');
  }
  if (RECORDING_PATH.test(url.pathname)) return void deps.recording.request(request, response, url);
  if (isExportPath(url.pathname)) return void deps.exports.request(request, response, url);
  if (url.pathname === '/healthz') return sendText(response, 200, 'alive');
  if (url.pathname === '/readyz') return deps.readiness.request(request, response, url);
  if (url.pathname === METRICS_PATH) return void deps.metrics.request(request, response);
  if (GRAPHIQL_ASSETS.test(url.pathname)) return deps.graphiql.sendAsset(request, response, url.pathname);
  if (deps.dashboard.owns(url.pathname)) return deps.dashboard.request(request, response, url.pathname);
  if (deps.dashboard.notFound(request, response, url.pathname)) return;
  sendText(response, 404, 'not found; GraphQL is at /graphql');
}

/** Handles a request as part of the trace of its client. */
function traced(
  { tracing }: HttpServerDeps,
  request: IncomingMessage,
  response: ServerResponse,
  handle: () => void,
): void {
  if (tracing) tracing.clientRequest(request.headers['traceparent'], response, handle);
  else handle();
}

const isPage = ({ dashboard }: HttpServerDeps, request: IncomingMessage, path: string): boolean =>
  path === '/graphql' ? isForGraphiql(request) : dashboard.isPage(path);

function upgrade(deps: HttpServerDeps, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', (error) => deps.log.debug('socket error', { reason: messageOf(error) }));
  try {
    deps.gate.checkSite(request, false);
  } catch (error) {
    return rejectUpgrade(socket, statusOf(deps.rejections.report(request, 'PAGE', error)));
  }
  const target = targetOf(request, deps.basePath);
  const url = target?.url;
  if (target) request.url = target.routed;
  if (target?.url.pathname.startsWith('/providers/'))
    return deps.ingress.upgrade(request, socket, head, target);
  if (url && LISTEN_PATH.test(url.pathname)) return deps.listen.upgrade(request, socket, head, url);
  if (url?.pathname !== '/graphql') return rejectUpgrade(socket, 404);
  try {
    deps.gate.checkSender(request);
  } catch (error) {
    return rejectUpgrade(socket, statusOf(deps.rejections.report(request, 'GRAPHQL_SOCKET', error)));
  }
  deps.graphql.upgrade(request, socket, head);
}

/** The statuses of errors of the HTTP parser. The others are a 400. */
const PARSER_STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers bytes that are not a valid request, unless a response is being sent. */
function rejectMalformed(
  { code = '' }: NodeJS.ErrnoException,
  socket: Duplex,
  response: ServerResponse | undefined,
  { rejections }: Pick<HttpServerDeps, 'rejections'>,
): void {
  if (!socket.writable || response?.headersSent === true) return void socket.destroy();
  const status = getOwn(PARSER_STATUSES, code) ?? 400;
  // The code of Node.js is one of a fixed set; its message would contain what the client sent.
  rejections.warn({ headers: {}, socket: socket as Socket }, 'malformed request rejected', { status, code });
  rejectUpgrade(socket, status);
}
