/** GraphQL over WebSocket by the graphql-transport-ws protocol: authentication, limits and keepalive. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { FaultError, isFault, messageOf, type Logger } from '@sidetone/core';
import { GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type Server, type ServerOptions } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Context } from '../graphql/context.ts';
import { withoutHttp } from '../graphql/fanout/event-result.ts';
import { Subscription } from '../graphql/fanout/subscription.ts';
import type { ClientSlots, Release } from '../graphql/guard/client-slots.ts';
import type { MaskError } from '../graphql/guard/errors.ts';
import type { Connections } from './limits/connections.ts';
import type { PendingClients } from './limits/pending-clients.ts';
import type { Gate } from './gate.ts';
import type { Rejections } from './rejections.ts';
import { rejectUpgrade, statusOf } from './reply.ts';
import { SocketDelivery } from './socket-delivery.ts';
import { createSocketServer, endOf } from './socket-server.ts';
import type { NowOrLater } from '../now-or-later.ts';

type Payload = Record<string, unknown>;

/** The part of a socket's state that operations receive. */
interface SocketExtra {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
}

type Options = ServerOptions<Payload, Extra>;
type OnConnect = NonNullable<Options['onConnect']>;
type OnSubscribe = NonNullable<Options['onSubscribe']>;

export interface GraphqlSocketsDeps {
  readonly gate: Gate;
  /** The sockets of each client. */
  readonly connections: ClientSlots;
  /** The sockets whose clients are not known yet. */
  readonly pending: PendingClients;
  readonly outputs: Pick<Connections, 'assign'>;
  readonly rejections: Pick<Rejections, 'report' | 'warn'>;
  /** Parses and validates an operation. Returns its execution arguments, or errors. */
  readonly prepare: (
    extra: SocketExtra & Context,
    payload: Parameters<OnSubscribe>[2],
  ) => ReturnType<OnSubscribe>;
  readonly execute: NonNullable<Options['execute']>;
  /** Starts a subscription. */
  readonly subscribe: (args: ExecutionArgs) => NowOrLater<Subscription | ExecutionResult>;
  readonly mask: MaskError;
  readonly log: Logger;
  readonly socketMessageBytes: number;
  readonly connectionInitMs: number;
  /** The maximum number of concurrent operations on one socket. */
  readonly subscriptionsPerClient: number;
}

export interface GraphqlSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all sockets with 1001, and rejects new ones with 503: clients connect to another daemon. */
  disconnectAll(): void;
  /** Closes all sockets with 1001. */
  close(): void;
}

/** The interval of pings, ms. A socket that has not answered the previous ping is terminated. */
const HEARTBEAT_MS = 12_000;

const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** The state of a socket. */
interface Extra extends SocketExtra {
  /** Set by `connection_init`. */
  context?: Context;
  release: Release;
}

export function createGraphqlSockets(deps: GraphqlSocketsDeps): GraphqlSockets {
  const { gate, connections, rejections } = deps;
  const sockets = createSocketServer({
    maxPayload: deps.socketMessageBytes,
    handleProtocols,
  });
  const protocol = createProtocol(deps);
  const heartbeat = setInterval(() => sockets.clients.forEach(ping), HEARTBEAT_MS).unref();

  let isLeaving = false;
  const closeAll = (): void => {
    for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
  };

  return {
    upgrade(request, socket, head) {
      if (isLeaving) return rejectUpgrade(socket, 503);
      const client = knownClient(gate, request);
      const release = client === undefined ? undefined : connections.take(client);
      if (client !== undefined && !release) {
        return rejectUpgrade(socket, statusOf(rejections.report(request, 'GRAPHQL_SOCKET', tooMany())));
      }
      if (release) socket.once('close', release);
      sockets.handleUpgrade(request, socket, head, (ws) => {
        const extra = { request, socket: ws, release: release ?? addPending(deps, request, ws) };
        serve(protocol, extra, deps);
      });
    },
    disconnectAll() {
      isLeaving = true;
      closeAll();
    },
    close() {
      clearInterval(heartbeat);
      closeAll();
      sockets.close();
    },
  };
}

function createProtocol(deps: GraphqlSocketsDeps): Server<Extra> {
  return makeServer<Payload, Extra>({
    connectionInitWaitTimeout: deps.connectionInitMs,
    execute: deps.execute,
    subscribe: deps.subscribe,
    onOperation: ({ extra: { request, socket } }, id, _payload, _args, result) =>
      result instanceof Subscription
        ? new SocketDelivery(result, { socket, stream: request.socket }, id)
        : undefined,
    onConnect: authenticateWith(deps),
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      try {
        if (!extra.context) throw new FaultError('AUTH_REQUIRED', 'the connection is not initialised');
        if (Object.keys(subscriptions).length > deps.subscriptionsPerClient) {
          const message = 'this socket has reached limits.subscriptionsPerClient';
          throw new FaultError('LIMIT_SUBSCRIPTIONS', message);
        }
        return await deps.prepare({ ...extra, ...extra.context }, payload);
      } catch (error) {
        return [toGraphqlError(deps.mask(error))];
      }
    },
    onError: (_context, _id, _payload, errors) => errors.map(withoutHttp),
    onNext: (_context, _id, _payload, _args, { errors, data, extensions }) =>
      errors && {
        errors: errors.map(withoutHttp),
        ...(data !== undefined && { data }),
        ...(extensions && { extensions }),
      },
  });
}

/** Determines the viewer of a socket. Until then the socket counts for its network address, from then on for the viewer. */
function authenticateWith({ gate, connections, outputs, rejections, log }: GraphqlSocketsDeps): OnConnect {
  return ({ extra, connectionParams }) => {
    try {
      const viewer = gate.socketViewer(extra.request, connectionParams);
      const client = gate.clientOf(extra.request, viewer);
      extra.context = { viewer, client };
      outputs.assign(extra.request, client, endOf(extra.socket));
      extra.release();
      const release = connections.take(client);
      if (release) {
        extra.release = release;
        return true;
      }
      extra.socket.close(TRY_AGAIN_LATER, rejections.report(extra.request, 'GRAPHQL_SOCKET', tooMany()).code);
    } catch (error) {
      const reported = rejections.report(extra.request, 'GRAPHQL_SOCKET', error);
      if (!isFault(reported)) log.error('WebSocket connection failed with an unexpected error', { error });
      else if (reported.code === 'LIMIT_SIGN_INS') extra.socket.close(TRY_AGAIN_LATER, reported.code);
    }
    return false;
  };
}

const tooMany = (): FaultError =>
  new FaultError('LIMIT_CONNECTIONS', 'this client has reached limits.connections');

/** Counts a socket whose client is not known yet. It is closed if it is the oldest one when there are too many. */
function addPending(
  { gate, pending, rejections }: GraphqlSocketsDeps,
  request: IncomingMessage,
  socket: WebSocket,
): Release {
  return pending.add(gate.networkOf(request), () => {
    const message = 'too many sockets without a valid connection_init, closing the oldest';
    const { code } = rejections.report(
      request,
      'GRAPHQL_SOCKET',
      new FaultError('LIMIT_CONNECTIONS', message),
    );
    socket.close(TRY_AGAIN_LATER, code);
    // Without the closing handshake: a client that opens many sockets need not complete it.
    request.socket.destroySoon();
  });
}

/** Connects an open socket with the protocol. */
function serve(
  protocol: Server<Extra>,
  extra: Extra,
  { rejections }: Pick<GraphqlSocketsDeps, 'rejections'>,
): void {
  const { request, socket } = extra;
  socket.on('error', (error) => rejections.warn(request, 'WebSocket error', { reason: messageOf(error) }));
  socket.on('pong', () => ALIVE.add(socket));
  ALIVE.add(socket);
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve) => {
          if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
          else resolve();
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (read) =>
        void socket.on('message', (data: Buffer) => {
          read(data.toString()).catch((error: unknown) => {
            const reason = messageOf(error);
            rejections.warn(request, 'invalid WebSocket message, connection closed', { reason });
            socket.close(CloseCode.BadRequest, 'Invalid message received');
          });
        }),
    },
    extra,
  );
  socket.once('close', (code, reason) => {
    extra.release();
    void closed(code, reason.toString());
  });
}

/** Sockets that have answered the last ping. */
const ALIVE = new WeakSet<WebSocket>();

function ping(socket: WebSocket): void {
  if (!ALIVE.delete(socket)) return socket.terminate();
  if (socket.readyState === socket.OPEN) socket.ping();
}

/** Returns the client of a socket if the upgrade request already authenticates it. */
function knownClient(gate: Gate, request: IncomingMessage): string | undefined {
  try {
    return gate.clientOf(request, gate.socketViewer(request));
  } catch {
    return undefined;
  }
}

const toGraphqlError = (error: Error): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError(error.message);
