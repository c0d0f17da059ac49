// Accepts or rejects upgrades. The key is checked first, then the behaviour, then the query.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { pathOf } from '../../http/http-request.ts';
import type { DeepgramUpgradeBehaviour } from '../behaviour.ts';
import { decodeFluxQuery } from '../flux/flux-query.ts';
import type { FluxQuery } from '../flux/flux-query.ts';
import { decodeListenQuery, isRejection } from '../listen-query.ts';
import type { ListenQuery } from '../listen-query.ts';
import { rejectionOf, rejectionReply, rejectUpgrade } from '../rejection.ts';
import type { Rejection } from '../rejection.ts';

/** The largest message that a socket accepts. */
export const MAX_MESSAGE_BYTES = 4_000_000;
const FLUX_PATH = '/v2/listen';
/** How many upgrades can be unanswered at the same time, and for how long. */
export const MAX_UNANSWERED = 100;
export const UNANSWERED_LIMIT_MS = 120_000;

/** An accepted socket. */
interface AcceptedConnection {
  readonly id: string;
  readonly socket: WebSocket;
  readonly parameters: URLSearchParams;
  readonly query: ListenQuery | FluxQuery;
}

/** The dependencies of an upgrade handler. The functions are called for each upgrade. */
interface UpgradeHandlerDeps {
  readonly apiKey: string;
  readonly behaviour: () => DeepgramUpgradeBehaviour;
  readonly openSockets: () => number;
  /** Whether the behaviour rejects this upgrade. */
  readonly shouldReject: () => boolean;
  readonly onConnection: (guest: AcceptedConnection) => void;
}

/** Handles upgrades. The caller closes it. */
export interface UpgradeHandler {
  /** Handles an upgrade. `path` is relative to the base path. */
  upgrade(request: IncomingMessage, path: string, socket: Duplex, head: Buffer): void;
  close(): void;
}

/** Creates the handler of a cloud. */
export function createUpgradeHandler(deps: UpgradeHandlerDeps): UpgradeHandler {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    // A browser sends its key as a subprotocol; the response contains the first one.
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  const ids = new WeakMap<IncomingMessage, string>();
  sockets.on('headers', (headers: string[], request) => {
    headers.push(`dg-request-id: ${ids.get(request)}`);
  });
  const unanswered = new Set<Duplex>();

  const leaveUnanswered = (socket: Duplex): void => {
    const timer = setTimeout(() => socket.destroy(), UNANSWERED_LIMIT_MS);
    unanswered.add(socket);
    socket.once('close', () => {
      clearTimeout(timer);
      unanswered.delete(socket);
    });
    // A disconnect is detected only while the socket is read.
    socket.on('end', () => socket.destroy());
    socket.resume();
  };

  const check = (
    request: IncomingMessage,
    path: string,
    parameters: URLSearchParams,
  ): ListenQuery | FluxQuery | Rejection => {
    if (path !== '/v1/listen' && path !== FLUX_PATH) return rejectionOf(404);
    if (!hasApiKey(request, deps.apiKey)) return rejectionOf(401);
    const query = path === FLUX_PATH ? decodeFluxQuery(parameters) : decodeListenQuery(parameters);
    return !isRejection(query) && deps.openSockets() >= deps.behaviour().listenConcurrency
      ? rejectionOf(429)
      : query;
  };

  return {
    upgrade(request, path, socket, head) {
      const { listenUnanswered, listenRefusalStatus, listenRefusalShape } = deps.behaviour();
      const id = randomUUID();
      if (listenUnanswered && unanswered.size < MAX_UNANSWERED) return leaveUnanswered(socket);
      if (deps.shouldReject())
        return rejectUpgrade(
          socket,
          rejectionReply(rejectionOf(listenRefusalStatus), id, listenRefusalShape),
        );
      const parameters = new URLSearchParams((request.url ?? '').slice(pathOf(request).length + 1));
      const query = check(request, path, parameters);
      if (isRejection(query))
        return rejectUpgrade(socket, rejectionReply(query, id, path === FLUX_PATH ? 'flux' : 'usual'));
      ids.set(request, id);
      sockets.handleUpgrade(request, socket, head, (accepted) =>
        deps.onConnection({ id, socket: accepted, parameters, query }),
      );
    },
    close() {
      for (const socket of unanswered) socket.destroy();
      sockets.close();
    },
  };
}

/** Whether a request has the key: as a token, as a bearer, or as a subprotocol. */
export function hasApiKey({ headers }: Pick<IncomingMessage, 'headers'>, apiKey: string): boolean {
  const { authorization, 'sec-websocket-protocol': protocols = '' } = headers;
  const [scheme = '', key] =
    authorization === undefined ? protocols.split(/,\s*/) : authorization.split(/\s+/);
  return /^(token|bearer)$/i.test(scheme) && key === apiKey;
}
