/** GraphQL over WebSocket, by the graphql-transport-ws protocol: who may open one, for how long, and what it may send. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { FaultError, isFault, messageOf, type Logger } from '@sidetone/core';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClientSlots, Release } from '../graphql/guard/client-slots.ts';
import type { Context } from '../graphql/context.ts';
import type { MaskError } from '../graphql/guard/errors.ts';
import type { Gate } from './gate.ts';
import { refuse } from './ingress.ts';
import { addressOf, clientOf } from './client.ts';

type Payload = Record<string, unknown>;

/** What a socket's operations are carried out with. */
export interface SocketExtra {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
}

type Options = ServerOptions<Payload, Extra>;
type OnSubscribe = NonNullable<Options['onSubscribe']>;

export interface GraphqlSocketsDeps {
  readonly gate: Gate;
  readonly connections: ClientSlots;
  /** Makes an operation ready, or says what is wrong with it. */
  readonly prepare: (
    extra: SocketExtra & Context,
    payload: Parameters<OnSubscribe>[2],
  ) => ReturnType<OnSubscribe>;
  readonly execute: NonNullable<Options['execute']>;
  readonly subscribe: NonNullable<Options['subscribe']>;
  readonly mask: MaskError;
  readonly log: Logger;
  readonly socketMessageBytes: number;
  readonly connectionInitMs: number;
  /** Most operations that one socket has under way at once. */
  readonly subscriptionsPerClient: number;
}

export interface GraphqlSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every client that we go away. */
  close(): void;
}

/** A socket that has shown no sign of life for this long is cut, ms. */
const HEARTBEAT_MS = 12_000;

/** What is known of a socket. */
interface Extra extends SocketExtra {
  /** Who opened it, once they have said so. */
  context?: Context;
  release: Release;
}

export function createGraphqlSockets(deps: GraphqlSocketsDeps): GraphqlSockets {
  const { gate, connections, log, mask } = deps;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: deps.socketMessageBytes,
    perMessageDeflate: false,
    handleProtocols,
  });

  const protocol = makeServer<Payload, Extra>({
    connectionInitWaitTimeout: deps.connectionInitMs,
    execute: deps.execute,
    subscribe: deps.subscribe,
    onConnect: ({ extra, connectionParams }) => {
      try {
        const viewer = gate.socketViewer(extra.request, connectionParams);
        extra.context = { viewer, client: clientOf(extra.request, viewer) };
        return isCounted(extra, extra.context.client);
      } catch (error) {
        log.info('a socket was not taken', { code: isFault(error) ? error.code : 'INTERNAL' });
        return false;
      }
    },
    onSubscribe: async ({ extra, subscriptions }, _id, payload) => {
      try {
        if (!extra.context) throw new FaultError('AUTH_REQUIRED', 'the connection is not initialised');
        if (Object.keys(subscriptions).length > deps.subscriptionsPerClient) {
          throw new FaultError('LIMIT_SUBSCRIPTIONS', 'this socket has as many operations as it may');
        }
        return await deps.prepare({ ...extra, ...extra.context }, payload);
      } catch (error) {
        return [asGraphQLError(mask(error))];
      }
    },
    onError: (_context, _id, _payload, errors) => errors.map(plain),
    onNext: (_context, _id, _payload, _args, { errors, data, extensions }) =>
      errors && {
        errors: errors.map(plain),
        ...(data !== undefined && { data }),
        ...(extensions && { extensions }),
      },
  });

  /** Counts a socket as its owner's, once it is known whose it is. */
  function isCounted(extra: Extra, client: string): boolean {
    extra.release();
    const release = connections.take(client);
    if (!release) {
      log.warn('a client has as many sockets as it may', { client, code: 'LIMIT_CONNECTIONS' });
      extra.socket.close(TRY_AGAIN_LATER, 'LIMIT_CONNECTIONS');
      return false;
    }
    extra.release = release;
    return true;
  }

  const heartbeat = setInterval(() => sockets.clients.forEach(checkPulse), HEARTBEAT_MS).unref();

  function take(request: IncomingMessage, socket: WebSocket, release: Release): void {
    const extra: Extra = { request, socket, release };
    socket.on('error', (error) => log.info('a socket broke', { reason: messageOf(error) }));
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
              log.info('a message is no part of the protocol', { reason: messageOf(error) });
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

  return {
    upgrade(request, socket, head) {
      const client = knownClient(gate, request) ?? addressOf(request);
      const release = connections.take(client);
      if (!release) {
        log.warn('a client has as many sockets as it may', { client, code: 'LIMIT_CONNECTIONS' });
        return refuse(socket, TOO_MANY_REQUESTS);
      }
      socket.once('close', release);
      sockets.handleUpgrade(request, socket, head, (ws) => take(request, ws, release));
    },
    close() {
      clearInterval(heartbeat);
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
      sockets.close();
    },
  };
}

const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;
const TOO_MANY_REQUESTS = 429;

/** Sockets that have answered the last ping. */
const ALIVE = new WeakSet<WebSocket>();

function checkPulse(socket: WebSocket): void {
  if (!ALIVE.delete(socket)) return socket.terminate();
  if (socket.readyState === socket.OPEN) socket.ping();
}

/** Whose a socket will be, where its request says so already. */
function knownClient(gate: Gate, request: IncomingMessage): string | undefined {
  try {
    return clientOf(request, gate.socketViewer(request));
  } catch {
    return undefined;
  }
}

const asGraphQLError = (error: Error): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError(error.message);

/** Without what is about HTTP alone. */
function plain(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  if (!extensions) return rest;
  const { http: _http, ...kept } = extensions;
  return { ...rest, extensions: kept };
}
